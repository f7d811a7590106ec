import AMQP
import Logging
import ServiceLifecycle
import Synchronization

/// Declares a worker's queues and exchanges anew where its broker has lost them, and says what is
/// missing where it may not.
///
/// A broker that was emptied or replaced refuses to be consumed from: consumer and publisher hear of it
/// and connect again and again, so that what is declared meanwhile is found by itself.
final class TopologyKeeper: Service {
  typealias Declaration = @Sendable () async throws(AMQPError) -> Void

  private struct State {
    /// Why the worker does not consume; nil while nothing is known to be missing.
    var complaint: String?
    /// What was logged last, which is not said again at every try.
    var logged: String?
    var whenDeclared: @Sendable () -> Void = {}
  }

  private let declaration: Declaration?
  private let logger: Logger
  private let losses: AsyncStream<Void>
  private let loss: AsyncStream<Void>.Continuation
  private let state = Mutex(State())

  /// - Parameter declaration: Declares all of them; nil where the worker is not to declare anything.
  init(_ declaration: Declaration?, logger: Logger) {
    self.declaration = declaration
    self.logger = logger
    (losses, loss) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// What keeps the worker from consuming, for readiness.
  var complaint: String? { state.withLock { $0.complaint } }

  /// Sets what is done each time that all were declared anew; it replaces what was set before.
  func whenDeclared(_ action: @escaping @Sendable () -> Void) {
    state.withLock { $0.whenDeclared = action }
  }

  func note(_ event: ConsumerEvent) {
    switch event {
    case .connected:
      state.withLock { $0.complaint = nil }
    case .disconnected(let reason) where reason.code == .notFound:
      state.withLock { $0.complaint = $0.complaint ?? reason.message }
      loss.yield()
    case .disconnected, .deliveries, .canceled, .quiesced:
      break
    }
  }

  func note(_ event: PublisherEvent) {
    guard case .returned(let messages) = event,
      messages.contains(where: { $0.replyCode == 404 })
    else { return }
    loss.yield()
  }

  func run() async {
    for await _ in losses.cancelOnGracefulShutdown() { await declare() }
  }

  private func declare() async {
    guard let declaration else {
      return complain("queues or exchanges are missing; run `resize-worker topology apply`")
    }
    do {
      try await declaration()
      let whenDeclared = state.withLock { state in
        (state.complaint, state.logged) = (nil, nil)
        return state.whenDeclared
      }
      logger.warning(
        """
        the broker had lost queues or exchanges, all are declared anew; requests that were in a lost \
        queue have to be sent again
        """)
      whenDeclared()
    } catch {
      complain("queues or exchanges are missing and cannot be declared: \(error)")
    }
  }

  private func complain(_ complaint: String) {
    let isNews = state.withLock { state in
      state.complaint = complaint
      defer { state.logged = complaint }
      return state.logged != complaint
    }
    if isNews { logger.error("\(complaint)") }
  }
}
