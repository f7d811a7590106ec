import Billing
import Resizing

/// A payment or refund that the worker asks for, or the wish to void one.
public struct PaymentAsk: Sendable, Equatable {
  public enum Kind: String, Sendable, Equatable {
    case payment
    case refund
    case void
  }

  public var kind: Kind
  public var movementId: String
  public var requestId: String
  public var tenantId: String
  public var idempotencyKey: String
  /// Nil for a void.
  public var amount: Money?
  public var attempt: Int

  public init(
    kind: Kind, movementId: String, requestId: String, tenantId: String, idempotencyKey: String,
    amount: Money?, attempt: Int
  ) {
    self.kind = kind
    self.movementId = movementId
    self.requestId = requestId
    self.tenantId = tenantId
    self.idempotencyKey = idempotencyKey
    self.amount = amount
    self.attempt = attempt
  }
}

/// An answer and how long it takes, in milliseconds.
public struct PaymentAnswer: Sendable, Equatable {
  public var kind: PaymentAsk.Kind
  public var settlement: Settlement
  public var delay: Int64
}

/// Money that moved, once for its key.
public struct SimulatedMovement: Sendable, Equatable {
  public var idempotencyKey: String
  public var kind: PaymentAsk.Kind
  public var requestId: String
  public var amount: Money
  public var providerReference: String
}

/// A payment service as a good one behaves: money moves at most once for an idempotency key, however often it is asked for.
///
/// Some tenants are scripted, so that a demonstration shows the same each time: `tenant-declined`, `tenant-flaky` (the first attempt
/// fails), `tenant-silent` (the first attempt is not answered), `tenant-slow` (answers take three seconds).
public struct SimulatedPayments: Sendable {
  private enum Standing {
    case moved(reference: String, Money)
    /// Voided or declined: no money moves under this key any more.
    case closed
  }

  private let faults: SandboxFaults
  private var standings: [String: Standing] = [:]
  /// All movements so far, oldest first.
  public private(set) var movements: [SimulatedMovement] = []

  public init(faults: SandboxFaults) {
    self.faults = faults
  }

  /// Takes one message and tells what is answered to it.
  public mutating func take(_ ask: PaymentAsk) -> [PaymentAnswer] {
    guard let amount = ask.amount else { return void(ask) }
    var dice = FaultDice(seed: faults.seed, key: ask.idempotencyKey, attempt: ask.attempt)
    let delay =
      ask.tenantId == "tenant-slow" ? 3_000 : Int64(dice.roll(below: UInt64(faults.delay + 1)))
    let outcome = outcome(of: ask, &dice)
    var settlement = Settlement(
      movementId: ask.movementId, requestId: ask.requestId, outcome: outcome)
    switch outcome {
    case .succeeded:
      let moved = move(ask, amount)
      settlement.settled = moved.amount
      settlement.providerReference = moved.reference
    case .failed:
      settlement.reason = Reason(code: "ProviderUnavailable", message: "try again")
    case .declined:
      standings[ask.idempotencyKey] = .closed
      settlement.reason = Reason(code: "CardDeclined", message: "the card was declined")
    }
    if isSilent(ask, &dice) { return [] }
    let answer = PaymentAnswer(kind: ask.kind, settlement: settlement, delay: delay)
    return dice.happens(faults.duplicated) ? [answer, answer] : [answer]
  }

  /// Voids a payment that has not succeeded; of one that has, it says so again.
  private mutating func void(_ ask: PaymentAsk) -> [PaymentAnswer] {
    guard case .moved(let reference, let amount) = standings[ask.idempotencyKey] else {
      standings[ask.idempotencyKey] = .closed
      return []
    }
    let settlement = Settlement(
      movementId: ask.movementId, requestId: ask.requestId, outcome: .succeeded, settled: amount,
      providerReference: reference)
    return [PaymentAnswer(kind: .payment, settlement: settlement, delay: 0)]
  }

  private func outcome(of ask: PaymentAsk, _ dice: inout FaultDice) -> Settlement.Outcome {
    switch standings[ask.idempotencyKey] {
    case .moved: return .succeeded
    case .closed: return .declined
    case nil: break
    }
    if ask.kind == .payment && ask.tenantId == "tenant-declined" { return .declined }
    if ask.tenantId == "tenant-flaky" && ask.attempt == 1 { return .failed }
    if dice.happens(faults.failed) { return .failed }
    if ask.kind == .payment && dice.happens(faults.declined) { return .declined }
    return .succeeded
  }

  private func isSilent(_ ask: PaymentAsk, _ dice: inout FaultDice) -> Bool {
    ask.tenantId == "tenant-silent" && ask.attempt == 1 || dice.happens(faults.unanswered)
  }

  /// Moves the money, unless it has moved under this key; then it is what moved that counts, whatever
  /// amount is asked for now.
  private mutating func move(
    _ ask: PaymentAsk, _ amount: Money
  ) -> (reference: String, amount: Money) {
    if case .moved(let reference, let amount) = standings[ask.idempotencyKey] {
      return (reference, amount)
    }
    let reference = (ask.kind == .refund ? "re_" : "ch_") + String(movements.count + 1)
    standings[ask.idempotencyKey] = .moved(reference: reference, amount)
    movements.append(
      SimulatedMovement(
        idempotencyKey: ask.idempotencyKey, kind: ask.kind, requestId: ask.requestId,
        amount: amount, providerReference: reference))
    return (reference, amount)
  }
}
