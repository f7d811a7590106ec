import Resizing
import Storage

extension WorkerCore {
  /// Follows the switches and the breaker that all workers share.
  mutating func follow(_ switches: Switches, _ now: Moment, _ actions: inout [WorkerAction]) {
    dutyDone(.switches, now, &actions)
    self.switches = switches
    noteOthers(switches.outbox)
    followBreaker(switches.breaker, isOwnMove: false, &actions)
  }

  /// This worker has moved the breaker, or another one was faster.
  mutating func breakerMoved(_ stored: BreakerState, _ actions: inout [WorkerAction]) {
    isMovingBreaker = false
    dutyDone(.breaker, now, &actions)
    let isOwnMove = stored.worker == owner && stored.revision == breaker.state.revision + 1
    followBreaker(stored, isOwnMove: isOwnMove, &actions)
  }

  private mutating func followBreaker(
    _ stored: BreakerState, isOwnMove: Bool, _ actions: inout [WorkerAction]
  ) {
    // A read that was under way while we moved it tells of the past.
    guard stored.revision >= breaker.state.revision else { return }
    if stored.phase != breaker.state.phase { actions.append(.log(.breakerMoved(stored))) }
    breaker.follow(stored, isOwnMove: isOwnMove, at: now)
  }

  /// Counts how the payment service answered in a batch that is committed, and how often it did not.
  ///
  /// Every answer counts, also one that changes nothing: what leaves as a probe may have been settled
  /// long ago, and that it is answered shows as much.
  mutating func countOutcomes(of batch: Batch, _ timeline: [TimelineEntry], _ now: Moment) {
    for item in batch.items {
      if let outcome = item.paymentOutcome { breaker.record(outcome, at: now) }
    }
    for entry in timeline where entry.paymentOutcome == .unanswered {
      breaker.record(.unanswered, at: now)
    }
  }

  /// Lets payments flow or holds them, as switch and breaker stand, and moves the breaker where it
  /// is time to.
  mutating func regulatePayments(_ now: Moment, _ actions: inout [WorkerAction]) {
    moveBreaker(now, &actions)
    let flow = paymentsFlow
    if flow != relay.payments {
      switch flow {
      case .held(let hold): actions.append(.log(.paymentsHeld(hold)))
      case .flowing where relay.payments != .held(.unknown): actions.append(.log(.paymentsFlow))
      case .flowing: break
      case .probing: claimedTimers += heldTimers
      }
      if flow == .flowing || flow == .probing { heldTimers.removeAll() }
      publish(relay.setPayments(flow, probes: settings.breaker.probes), &actions)
    }
    guard flow == .flowing, relay.canDeliverPayments else {
      paymentsFlowSince = nil
      return
    }
    if paymentsFlowSince == nil { paymentsFlowSince = now }
  }

  private mutating func moveBreaker(_ now: Moment, _ actions: inout [WorkerAction]) {
    guard let switches, !switches.payments.isPaused, !isMovingBreaker, !isDraining else { return }
    let hasProbe = relay.canDeliverPayments && (relay.heldPayments > 0 || !heldTimers.isEmpty)
    guard let state = breaker.move(by: owner, hasProbe: hasProbe, at: now) else { return }
    isMovingBreaker = true
    actions.append(.moveBreaker(state))
  }

  private var paymentsFlow: PaymentsFlow {
    guard let switches else { return .held(.unknown) }
    if switches.payments.isPaused { return .held(.paused) }
    switch breaker.state.phase {
    case .closed: return .flowing
    case .open: return .held(.breaker)
    case .halfOpen: return breaker.state.worker == owner ? .probing : .held(.breaker)
    }
  }

  /// What timers of payments and refunds may do now.
  var paymentTimers: PaymentTimers {
    if relay.payments == .probing, relay.canDeliverPayments {
      return .probes(relay.probesLeft)
    }
    return paymentsFlowSince.map { .free(since: $0) } ?? .held
  }

  /// Keeps a few timers that were not let through: they can be the probes.
  mutating func keepHeldTimers(_ requestIds: [String]) {
    guard !requestIds.isEmpty else { return }
    heldTimers = Array((requestIds + heldTimers).prefix(settings.breaker.probes))
  }
}
