import Billing
import Contracts
import Resizing

/// What a service says, and when.
struct ServiceAnswer {
  var input: ResizeInput
  /// In milliseconds.
  var delay: Int64
}

/// Money that moved, once for its key.
public struct BankMovement: Sendable {
  public var key: String
  public var requestId: String
  public var isRefund: Bool
  public var amount: Money
}

/// A payment service of the worst kind that still keeps its one promise: under one key money moves once, and what moved is told in the end.
///
/// It answers late, twice, not at all, wrongly, and against what it said before.
struct SimulatedBank {
  /// How it answers a request in whose key nothing has moved yet.
  private enum Manner: CaseIterable {
    case fails, declines, declinesThenSucceeds, succeedsThenFails, succeedsThenDeclines
    case wrongAmountFirst, wrongCurrencyFirst, noAmountFirst, twoWrongAmounts
    case silent, silentAndMoved, failsThoughMoved, veryLate
  }

  private let faults: Int
  private var moved: [String: Money] = [:]
  private var closed: Set<String> = []
  /// The amount that each key was first asked with.
  private var asked: [String: Money] = [:]
  private(set) var movements: [BankMovement] = []
  /// Keys that were asked for with more than one amount.
  private(set) var changedAmounts: [String] = []

  init(faults: Int) { self.faults = faults }

  mutating func take(
    _ emission: Emission, isRough: Bool, using generator: inout SeededGenerator
  ) -> [ServiceAnswer] {
    switch emission {
    case .paymentRequested(let request), .refundRequested(let request):
      return take(request, isRough: isRough, using: &generator)
    case .voidRequested(let key, let requestId, _, _):
      if let amount = moved[key] {
        return [Ask(key, requestId, amount, isRefund: false).answer(.succeeded, amount, after: 10)]
      }
      if !isRough || generator.happens(80) { closed.insert(key) }
      return []
    case .apply, .status, .rateChanged:
      return []
    }
  }

  private mutating func take(
    _ request: MovementRequest, isRough: Bool, using generator: inout SeededGenerator
  ) -> [ServiceAnswer] {
    let movement = request.movement
    let ask = Ask(
      movement.id, request.requestId, movement.amount, isRefund: movement.purpose.isRefund)
    let first = asked[ask.key] ?? ask.amount
    asked[ask.key] = first
    if first != ask.amount { changedAmounts.append(ask.key) }
    let soon = Int64(generator.below(isRough ? 20_000 : 2_000))
    if moved[ask.key] != nil {
      let isSilent = isRough && generator.happens(faults / 3)
      return isSilent ? [] : [ask.answer(.succeeded, first, after: soon)]
    }
    if closed.contains(ask.key) { return [ask.answer(.declined, nil, after: soon)] }
    guard isRough, generator.happens(faults),
      let manner = Manner.allCases.randomElement(using: &generator)
    else {
      move(ask)
      return [ask.answer(.succeeded, ask.amount, after: soon)]
    }
    return answers(to: ask, manner, soon, using: &generator)
  }

  private mutating func answers(
    to ask: Ask, _ manner: Manner, _ soon: Int64, using generator: inout SeededGenerator
  ) -> [ServiceAnswer] {
    let late = Int64(generator.below(180_000))
    let other = Money(minorUnits: ask.amount.minorUnits + 1, currency: ask.amount.currency)
    let less = Money(minorUnits: ask.amount.minorUnits / 2, currency: ask.amount.currency)
    let foreign = Money(minorUnits: ask.amount.minorUnits, currency: Self.euro)
    let success = ask.answer(.succeeded, ask.amount, after: late)
    switch manner {
    case .fails: return [ask.answer(.failed, nil, after: soon)]
    case .silent: return []
    case .declines:
      // A refund is owed: a bank that declines one thinks better of it.
      if !ask.isRefund { closed.insert(ask.key) }
      return [ask.answer(.declined, nil, after: soon)]
    default: break
    }
    move(ask)
    switch manner {
    case .declinesThenSucceeds: return [ask.answer(.declined, nil, after: soon), success]
    case .succeedsThenFails: return [success, ask.answer(.failed, nil, after: soon)]
    case .succeedsThenDeclines: return [success, ask.answer(.declined, nil, after: soon)]
    case .wrongAmountFirst: return [ask.answer(.succeeded, other, after: soon), success]
    case .wrongCurrencyFirst: return [ask.answer(.succeeded, foreign, after: soon), success]
    case .noAmountFirst: return [ask.answer(.succeeded, nil, after: soon), success]
    case .twoWrongAmounts:
      return [
        ask.answer(.succeeded, other, after: soon), ask.answer(.succeeded, less, after: soon / 2),
        success,
      ]
    case .failsThoughMoved: return [ask.answer(.failed, nil, after: soon), success]
    default: return [ask.answer(.succeeded, ask.amount, after: 60_000 + late)]
    }
  }

  private mutating func move(_ ask: Ask) {
    moved[ask.key] = ask.amount
    movements.append(
      BankMovement(
        key: ask.key, requestId: ask.requestId, isRefund: ask.isRefund, amount: ask.amount))
  }

  // A constant of the simulation, not bytes from outside.
  private static let euro = Currency(code: "EUR")!
}

/// A payment or refund as the bank is asked for it.
private struct Ask {
  let key: String
  let requestId: String
  let amount: Money
  let isRefund: Bool

  init(_ key: String, _ requestId: String, _ amount: Money, isRefund: Bool) {
    (self.key, self.requestId, self.amount) = (key, requestId, amount)
    self.isRefund = isRefund
  }

  func answer(
    _ outcome: Settlement.Outcome, _ settled: Money?, after delay: Int64
  ) -> ServiceAnswer {
    var settlement = Settlement(
      movementId: key, requestId: requestId, outcome: outcome, settled: settled)
    if outcome == .succeeded { settlement.providerReference = "b-" + key }
    return ServiceAnswer(
      input: isRefund ? .refundSettled(settlement) : .paymentSettled(settlement), delay: delay)
  }
}
