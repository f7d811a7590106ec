import AMQP
import Contracts
import Dashboard
import Sandbox
import Storage

extension Problem {
  /// The one place where errors become what people read and scripts test.
  init(_ error: any Error) {
    switch error {
    case let problem as Problem: self = problem
    case let error as AMQPError: self.init(error)
    case let error as StoreError: self.init(error)
    case let error as DashboardError: self.init(.unreachable, error.description)
    case let error as MovementJournalError: self.init(.unreachable, error.description)
    case let violation as ContractViolation: self.init(.usage, violation.message)
    case let error as JSONError: self.init(.usage, error.description)
    case is CancellationError: self.init(.didNotWorkOut, "stopped before it was done")
    default: self.init(.didNotWorkOut, "it did not work out: \(error)")
    }
  }

  private init(_ error: AMQPError) {
    switch error.code {
    case .invalidAddress: self.init(.usage, error.message)
    case .notFound:
      self.init(.unreachable, error.message + " Run `resize-worker topology apply`.")
    case .preconditionFailed, .noRoom, .closed: self.init(.didNotWorkOut, error.message)
    case .unreachable, .authenticationRefused, .virtualHostRefused, .tlsFailed, .tlsPeerUntrusted,
      .tlsNameMismatch, .permissionDenied, .resourceLocked, .connectionLost, .silentPeer,
      .timedOut, .protocolViolation, .outOfResources:
      self.init(.unreachable, error.message)
    }
  }

  private init(_ error: StoreError) {
    let status: ExitStatus =
      switch error.code {
      case .misconfigured: .usage
      case .refused: .didNotWorkOut
      case .unavailable, .locked, .full, .readOnly, .denied, .corrupt, .schemaMismatch: .unreachable
      }
    self.init(status, error.message)
  }
}
