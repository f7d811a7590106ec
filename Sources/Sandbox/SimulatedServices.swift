import Contracts
import Resizing

/// An answer of the simulated services, ready for the wire.
public struct SandboxReply: Sendable {
  /// Whose answer it is; it says which queue it goes to.
  public enum Sender: Sendable {
    case paymentService
    case controlPlane
  }

  public var sender: Sender
  public var id: String
  public var type: EventType
  public var requestId: String
  public var body: [UInt8]
  /// How long it takes, in milliseconds.
  public var delay: Int64
}

/// The payment service and the control plane together: a message of the worker's in, answers out. Pure but for what it remembers.
public struct SimulatedServices: Sendable {
  public private(set) var payments: SimulatedPayments
  private let faults: SandboxFaults
  private var answered = 0

  public init(faults: SandboxFaults) {
    self.faults = faults
    payments = SimulatedPayments(faults: faults)
  }

  /// - Returns: The answers, or nil for a message that nobody here answers.
  public mutating func replies(to body: [UInt8], at now: Moment) -> [SandboxReply]? {
    switch SandboxMessage(body) {
    case .payment(let ask):
      return payments.take(ask).map { answer in
        answered += 1
        return reply(
          .settled(answer, number: answered, at: now), .paymentService, after: answer.delay)
      }
    case .apply(let requestId, let instanceId, let attempt):
      answered += 1
      // The first draw decides for all attempts, so that a repeated command is answered alike.
      var dice = FaultDice(seed: faults.seed, key: requestId, attempt: 0)
      var report = ApplyReport(requestId: requestId, instanceId: instanceId, outcome: .applied)
      if dice.happens(faults.applyFailed) {
        report.outcome = .failed
        report.reason = Reason(code: "HostFull", message: "no host has room for the specification")
      }
      var attemptDice = FaultDice(seed: faults.seed, key: requestId, attempt: attempt)
      let delay = Int64(attemptDice.roll(below: UInt64(faults.delay + 1)))
      if attemptDice.happens(faults.unanswered) { return [] }
      return [reply(.applied(report, number: answered, at: now), .controlPlane, after: delay)]
    case nil:
      return nil
    }
  }

  private func reply(
    _ answer: SandboxAnswer, _ sender: SandboxReply.Sender, after delay: Int64
  ) -> SandboxReply {
    SandboxReply(
      sender: sender, id: answer.id, type: answer.type, requestId: answer.requestId,
      body: answer.body, delay: delay)
  }
}
