import Billing
import Resizing
import Simulation
import Testing

/// That the simulation's rules can fail: each is broken alone, in what a sound run has come to.
@Suite("The rules of the simulation")
struct EndStateTests {
  @Test("A sound run breaks no rule, each damage the rule that it is about", arguments: damages)
  func damaged(damage: Damage) throws {
    let found = try #require(
      (1...UInt64(200)).lazy.map { SimulatedWorld(seed: $0, plan: damage.plan).run() }
        .first { damage.applies(to: $0.state) })
    #expect(found.violations.isEmpty)
    var state = found.state
    damage.change(&state)
    #expect(state.violations.map(\.rule).contains(damage.rule))
  }

  @Test("Every rule is shown to fail")
  func allRules() {
    #expect(Set(Self.damages.map(\.rule)) == Set(SimulationRule.allCases))
  }

  struct Damage: Sendable, CustomTestStringConvertible {
    var rule: SimulationRule
    var plan = SimulationPlan()
    /// Changes the first resize for which this holds.
    var change: @Sendable (inout EndState) -> Void
    var needs: @Sendable (EndState) -> Bool = { _ in true }

    var testDescription: String { rule.rawValue }

    func applies(to state: EndState) -> Bool { needs(state) }
  }

  static let damages: [Damage] = [
    Damage(rule: .rest) { $0.isAtRest = false },
    Damage(rule: .nothingIsLost) { $0.submitted.insert("r-unheard") },
    Damage(rule: .oneEnd) { state in
      let last = state.courses[0].timeline.last { $0.entry.state.isEnd }
      state.courses[0].timeline += [last].compactMap(\.self)
    },
    Damage(rule: .path) { $0.courses[0].timeline.removeAll() },
    Damage(rule: .statusesTold) { state in
      state.statuses.remove(state.courses[0].resize.requestId + ":status:1")
    },
    Damage(
      rule: .movedOnce, change: { $0.movements.append($0.movements[0]) },
      needs: { !$0.movements.isEmpty }),
    Damage(rule: .sameAmount) { $0.changedAmounts.append("pay_r-1") },
    Damage(
      rule: .moneyAsEnded, change: { $0.movements.removeFirst() },
      needs: { !$0.movements.isEmpty }),
    Damage(
      rule: .ledger, change: { $0.courses[$0.firstPosted!].postings.removeFirst() },
      needs: { $0.firstPosted != nil }),
    Damage(rule: .ledger, change: { $0.ledgerFindings.append("a changed entry") }),
    Damage(
      rule: .orders,
      change: { state in
        state.instances[state.firstCharged!].change { $0.orders.removeLast() }
      }, needs: { $0.firstCharged != nil }),
    Damage(
      rule: .refundsBounded,
      change: { state in
        state.instances[0].change { $0.orders[0].refunded = ExactDecimal(1_000_000) }
      }, needs: { $0.instances.first?.instance.subscription.orders.isEmpty == false }),
    Damage(rule: .unlocked) { $0.instances[0].liveResize = "r-1" },
    Damage(
      rule: .oneAtATime,
      change: { state in
        let index = state.firstCompleted!
        var twin = state.courses[index]
        twin.resize.sequence = 0
        state.courses.append(twin)
      }, needs: { $0.firstCompleted != nil }),
    Damage(
      rule: .configuration,
      change: { state in
        let id = state.courses[state.firstCompleted!].resize.request.instanceId
        let index = state.instances.firstIndex { $0.instance.instanceId == id }!
        state.instances[index].isRemoved = false
        state.instances[index].change { $0.configuration.spec = "other" }
      }, needs: { $0.firstCompleted != nil }),
    Damage(rule: .outboxEmpty) { $0.outboxRows = 1 },
    Damage(rule: .noDeadLetters) { $0.deadLetters.append("MalformedRequest") },
    Damage(rule: .poisonBuried) { $0.poisonMessages.insert("r-1") },
    Damage(rule: .timerClaimedOnce) { $0.doubleClaims.append("r-1") },
  ]
}

extension InstanceRecord {
  fileprivate mutating func change(_ change: (inout Subscription) -> Void) {
    var subscription = instance.subscription
    change(&subscription)
    instance = instance.with(subscription: subscription)
  }
}

extension EndState {
  fileprivate var firstPosted: Int? { courses.firstIndex { !$0.postings.isEmpty } }
  fileprivate var firstCompleted: Int? { courses.firstIndex { $0.resize.state == .completed } }
  fileprivate var firstCharged: Int? {
    instances.firstIndex { $0.instance.subscription.orders.last?.kind == .resize }
  }
}
