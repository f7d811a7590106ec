import Billing
import Resizing
import Storage

extension EndState {
  /// Every rule that does not hold.
  public var violations: [Violation] {
    var broken: [Violation] = []
    if !isAtRest {
      let waiting = courses.filter { !$0.resize.state.isEnd }.map {
        "\($0.resize.requestId) \($0.resize.state)"
      }
      broken.append(.rest, "not at rest after all steps; not ended: \(waiting)")
    }
    let known = Set(courses.map(\.resize.requestId))
    for id in submitted.subtracting(known).subtracting(poison).sorted() {
      broken.append(.nothingIsLost, "request \(id) is lost")
    }
    for course in courses { course.check(self, &broken) }
    checkMovements(known, &broken)
    for record in instances { check(record, &broken) }
    if outboxRows != 0 { broken.append(.outboxEmpty, "\(outboxRows) messages are left") }
    for finding in ledgerFindings { broken.append(.ledger, finding) }
    for letter in deadLetters { broken.append(.noDeadLetters, letter) }
    for id in poisonMessages.subtracting(buried).sorted() {
      broken.append(.poisonBuried, "\(id) ends workers and is not among the dead letters")
    }
    for id in doubleClaims {
      broken.append(.timerClaimedOnce, "the timer of \(id) was claimed by two workers")
    }
    return broken
  }

  private func checkMovements(_ known: Set<String>, _ broken: inout [Violation]) {
    var keys: Set<String> = []
    for movement in movements {
      if !keys.insert(movement.key).inserted {
        broken.append(.movedOnce, "money moved twice under \(movement.key)")
      }
      if !known.contains(movement.requestId) {
        broken.append(.movedOnce, "money moved for \(movement.requestId), which nobody knows")
      }
    }
    for key in changedAmounts { broken.append(.sameAmount, "\(key) was asked with two amounts") }
  }

  private func check(_ record: InstanceRecord, _ broken: inout [Violation]) {
    let id = record.instance.instanceId
    if let live = record.liveResize { broken.append(.unlocked, "\(id) is left held by \(live)") }
    let own = courses.filter { $0.resize.request.instanceId == id }
    checkOrders(record, own, &broken)
    checkTurns(id, own, &broken)
    guard !record.isRemoved else { return }
    let changes = own.compactMap { course in
      course.timeline.last { $0.entry.event == "applied" }.map {
        ($0.number, course.resize.assessment?.after)
      }
    }
    guard let last = changes.max(by: { $0.0 < $1.0 }) else { return }
    let configuration = record.instance.configuration
    if configuration != last.1 {
      broken.append(.configuration, "\(id) is \(configuration.summary), not what was made of it")
    }
    if let applied, applied[id] != configuration {
      let other = applied[id]?.summary ?? "nothing"
      broken.append(
        .configuration, "\(id) is \(configuration.summary), the control plane made \(other) of it")
    }
  }

  /// What moved for the instance's completed resizes is what its orders have noted.
  private func checkOrders(
    _ record: InstanceRecord, _ own: [Course], _ broken: inout [Violation]
  ) {
    let id = record.instance.instanceId
    let requests = Set(own.map(\.resize.requestId))
    let moved = movements.filter { requests.contains($0.requestId) }
      .map { $0.isRefund ? -$0.amount.minorUnits : $0.amount.minorUnits }.reduce(0, +)
    var noted: Int64 = 0
    for order in record.instance.subscription.orders {
      let paid = Money(order.paidCash, currency: Catalog.dollar)?.minorUnits ?? 0
      let back = Money(order.refunded, currency: Catalog.dollar)?.minorUnits ?? 0
      noted += (order.kind == .resize ? paid : 0) - back
      if back > paid {
        broken.append(
          .refundsBounded, "order \(order.orderId) of \(id): paid \(paid), back \(back)")
      }
    }
    if moved != noted {
      broken.append(.orders, "\(id): \(moved) moved, its orders say \(noted)")
    }
    let charged = own.filter { $0.resize.state == .completed && $0.addsOrder }.count
    let orders = record.instance.subscription.orders.count { $0.kind == .resize }
    if charged != orders {
      broken.append(.orders, "\(id) has \(orders) orders for \(charged) charged resizes")
    }
  }

  /// From the row with which a resize takes the instance to that of its end no other takes it.
  private func checkTurns(_ id: String, _ own: [Course], _ broken: inout [Violation]) {
    let turns = own.compactMap(\.turn).sorted { $0.lowerBound < $1.lowerBound }
    for (earlier, later) in zip(turns, turns.dropFirst())
    where later.lowerBound <= earlier.upperBound {
      broken.append(.oneAtATime, "\(id) was held twice from row \(later.lowerBound) on")
    }
  }
}

extension EndState.Course {
  /// Whether the completed resize leaves an order behind.
  fileprivate var addsOrder: Bool {
    guard let quote = resize.assessment?.quote else { return false }
    return quote.direction == .charge || quote.voucherApplied?.minorUnits ?? 0 > 0
  }

  /// The rows of the timeline between which the resize holds its instance.
  fileprivate var turn: ClosedRange<Int64>? {
    let held = timeline.filter { $0.entry.event == $0.entry.state.rawValue }
    guard let first = held.first, !first.entry.state.isEnd, let last = held.last else { return nil }
    let end = held.first { $0.entry.state.isEnd } ?? last
    return first.number...end.number
  }

  fileprivate func check(_ state: EndState, _ broken: inout [Violation]) {
    let id = resize.requestId
    let states = timeline.filter { $0.entry.event == $0.entry.state.rawValue }.map(\.entry.state)
    let ends = states.filter(\.isEnd)
    if ends.count != 1 { broken.append(.oneEnd, "\(id) has the ends \(ends)") }
    if !resize.state.isEnd { broken.append(.oneEnd, "\(id) is \(resize.state)") }
    if states.first.map({ !ResizeState.initial.contains($0) }) ?? true {
      broken.append(.path, "\(id) began as \(states.first?.rawValue ?? "nothing")")
    }
    for (from, to) in zip(states, states.dropFirst()) where !from.successors.contains(to) {
      broken.append(.path, "\(id) went from \(from) to \(to)")
    }
    if states.last != resize.state { broken.append(.path, "\(id) is not where its timeline ends") }
    for sequence in 1...max(resize.sequence, 1)
    where !state.statuses.contains("\(id):status:\(sequence)") {
      broken.append(.statusesTold, "status \(sequence) of \(id) was never told")
    }
    checkMoney(state, &broken)
  }

  /// Money moved as the resize ended, at the bank and in the ledger alike.
  private func checkMoney(_ state: EndState, _ broken: inout [Violation]) {
    let id = resize.requestId
    let moved = state.movements.filter { $0.requestId == id }
    let paid = moved.filter { !$0.isRefund }.map(\.amount.minorUnits)
    let back = moved.filter(\.isRefund).map(\.amount.minorUnits)
    if paid.count > 1 || back.count > 1 {
      broken.append(.movedOnce, "\(id): paid \(paid), refunded \(back)")
    }
    let balance = paid.reduce(0, +) - back.reduce(0, +)
    if balance != due { broken.append(.moneyAsEnded, "\(id): \(balance) moved, \(due) due") }
    let sum = postings.map(\.minorUnits).reduce(0, +)
    if sum != 0 { broken.append(.ledger, "the postings of \(id) add up to \(sum)") }
    let ledger = postings.filter { $0.account.hasPrefix("cash:") }.map(\.minorUnits)
    if ledger.reduce(0, +) != balance || ledger.count != moved.count {
      broken.append(.ledger, "\(id): the ledger says \(ledger), \(moved.map(\.amount)) moved")
    }
  }

  /// What must have moved when a resize has ended so.
  private var due: Int64 {
    guard resize.state == .completed, let quote = resize.assessment?.quote else { return 0 }
    switch quote.direction {
    case .charge: return quote.amount.minorUnits
    case .refund: return -quote.amount.minorUnits
    case .none: return 0
    }
  }
}

extension [Violation] {
  fileprivate mutating func append(_ rule: SimulationRule, _ what: String) {
    append(Violation(rule: rule, what: what))
  }
}
