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
  public var message: IncomingEventEncoder.Message
  /// How long it takes, in milliseconds.
  public var delay: Int64
}

/// The payment service and the control plane together: a message of the worker's in, answers out. Pure but for what it remembers.
public struct SimulatedServices: Sendable {
  public private(set) var payments: SimulatedPayments
  private let faults: SandboxFaults
  private let paymentService = IncomingEventEncoder(source: "/sandbox/payments")
  private let controlPlane = IncomingEventEncoder(source: "/sandbox/control-plane")
  private var answered = 0

  public init(faults: SandboxFaults) {
    self.faults = faults
    payments = SimulatedPayments(faults: faults)
  }

  /// - Throws: If it is no message that anybody here answers.
  public mutating func replies(
    to body: [UInt8], at now: Moment
  ) throws(ContractViolation) -> [SandboxReply] {
    switch try OutgoingMessage.decode(body).emission {
    case .paymentRequested(let request):
      return settle(PaymentAsk(.payment, request), at: now)
    case .refundRequested(let request):
      return settle(PaymentAsk(.refund, request), at: now)
    case .voidRequested(let paymentId, let requestId, let tenantId, _):
      let ask = PaymentAsk(
        kind: .void, movementId: paymentId, requestId: requestId, tenantId: tenantId,
        idempotencyKey: paymentId, amount: nil, attempt: 1)
      return settle(ask, at: now)
    case .apply(let requestId, _, let instanceId, _, _, let attempt):
      return apply(requestId, instanceId, attempt, at: now)
    case .status, .rateChanged:
      return []
    }
  }

  private mutating func settle(_ ask: PaymentAsk, at now: Moment) -> [SandboxReply] {
    payments.take(ask).compactMap { answer in
      let input: ResizeInput =
        answer.kind == .refund
        ? .refundSettled(answer.settlement) : .paymentSettled(answer.settlement)
      let id = answer.settlement.movementId
      return reply(input, "\(id):settled", paymentService, .paymentService, now, answer.delay)
    }
  }

  /// The first draw decides for all attempts, so that a repeated command is answered alike.
  private mutating func apply(
    _ requestId: String, _ instanceId: String, _ attempt: Int, at now: Moment
  ) -> [SandboxReply] {
    var dice = FaultDice(seed: faults.seed, key: requestId, attempt: 0)
    var report = ApplyReport(requestId: requestId, instanceId: instanceId, outcome: .applied)
    if dice.happens(faults.applyFailed) {
      report.outcome = .failed
      report.reason = Reason(code: "HostFull", message: "no host has room for the specification")
    }
    var attemptDice = FaultDice(seed: faults.seed, key: requestId, attempt: attempt)
    let delay = Int64(attemptDice.roll(below: UInt64(faults.delay + 1)))
    guard !attemptDice.happens(faults.unanswered) else { return [] }
    let id = "\(requestId):applied"
    return [reply(.applied(report), id, controlPlane, .controlPlane, now, delay)].compactMap(\.self)
  }

  private mutating func reply(
    _ input: ResizeInput, _ id: String, _ encoder: IncomingEventEncoder,
    _ sender: SandboxReply.Sender, _ now: Moment, _ delay: Int64
  ) -> SandboxReply? {
    answered += 1
    guard let message = encoder.encode(input, id: "\(id):\(answered)", at: now) else { return nil }
    return SandboxReply(sender: sender, message: message, delay: delay)
  }
}

extension PaymentAsk {
  fileprivate init(_ kind: Kind, _ request: MovementRequest) {
    self.init(
      kind: kind, movementId: request.movement.id, requestId: request.requestId,
      tenantId: request.tenantId, idempotencyKey: request.movement.id,
      amount: request.movement.amount, attempt: request.movement.attempt)
  }
}
