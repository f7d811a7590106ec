import Billing
import Resizing
import Sandbox
import Storage

extension SimulatedWorld {
  /// Whether nothing is left to do.
  func isAtRest() async -> Bool {
    guard submitted.count >= plan.requests, queues.isEmpty, onTheWay.isEmpty,
      workers.allSatisfy({ $0.inFlight.isEmpty })
    else { return false }
    guard let statistics = try? await store.statistics(now: now), statistics.outboxRows == 0 else {
      return false
    }
    let resizes = await allResizes()
    return resizes.allSatisfy { $0.state.isEnd && $0.refund?.state ?? .succeeded == .succeeded }
  }

  func allResizes() async -> [Resize] {
    (try? await store.resizes(matching: ResizeFilter(limit: 1_000_000))) ?? []
  }

  /// Every rule that does not hold now.
  func violations() async -> [String] {
    let resizes = await allResizes()
    var broken: [String] = []
    let known = Set(resizes.map(\.requestId))
    for id in submitted where !known.contains(id) { broken.append("request \(id) is lost") }
    for resize in resizes { broken += await violations(of: resize) }
    broken += await brokenInstances(resizes)
    broken += doubleClaims.map { "the timer of \($0) was claimed by two workers" }
    if !deadLetters.isEmpty || !queues.rejected.isEmpty {
      broken.append("dead letters: \(deadLetters.map(\.headers))")
    }
    if let statistics = try? await store.statistics(now: now), statistics.outboxRows > 0 {
      let owned = workers.map { "w\($0.number): \($0.core.status)" }
      broken.append("\(statistics.outboxRows) messages are left in the outbox; \(owned)")
    }
    return broken
  }

  private func violations(of resize: Resize) async -> [String] {
    let id = resize.requestId
    var broken: [String] = []
    if !resize.state.isEnd { broken.append("\(id) has not ended: \(resize.state)") }
    let timeline = ((try? await store.timeline(requestId: id)) ?? []).map(\.entry)
    let states = timeline.filter { ResizeState(rawValue: $0.event) != nil }.map(\.state)
    if let first = states.first, !ResizeState.initial.contains(first) {
      broken.append("\(id) began as \(first)")
    }
    for (from, to) in zip(states, states.dropFirst()) where !from.successors.contains(to) {
      broken.append("\(id) went from \(from) to \(to)")
    }
    for sequence in 1...max(resize.sequence, 1)
    where !statuses.contains("\(id):status:\(sequence)") {
      broken.append("status \(sequence) of \(id) was never told")
    }
    return broken + (await brokenMoney(of: resize))
  }

  /// Money moved as the resize ended, in the payment service and in the ledger alike.
  private func brokenMoney(of resize: Resize) async -> [String] {
    let id = resize.requestId
    let moved = services.payments.movements.filter { $0.requestId == id }
    let paid = moved.filter { $0.kind == .payment }.map(\.amount.minorUnits)
    let refunded = moved.filter { $0.kind == .refund }.map(\.amount.minorUnits)
    var broken: [String] = []
    if paid.count > 1 || refunded.count > 1 { broken.append("money of \(id) moved twice") }
    let balance = paid.reduce(0, +) - refunded.reduce(0, +)
    var due: Int64 = 0
    if resize.state == .completed, let quote = resize.quote {
      if quote.direction == .charge { due = quote.amount.minorUnits }
      if quote.direction == .refund { due = -quote.amount.minorUnits }
    }
    if balance != due {
      broken.append("\(id) \(resize.state): \(balance) moved, \(due) due")
    }
    let postings = (try? await store.postings(requestId: id)) ?? []
    if postings.map(\.minorUnits).reduce(0, +) != 0 {
      broken.append("ledger of \(id) is unbalanced")
    }
    let ledger = postings.filter { $0.account.hasPrefix("cash:") }.map(\.minorUnits).reduce(0, +)
    if ledger != balance {
      broken.append("\(id): the ledger says \(ledger), \(balance) moved")
    }
    return broken
  }

  private func brokenInstances(_ resizes: [Resize]) async -> [String] {
    let records = (try? await store.instances(after: nil, limit: 1_000)) ?? []
    var broken: [String] = []
    for record in records {
      let id = record.instance.instanceId
      if let live = record.liveResize { broken.append("\(id) is left locked by \(live)") }
      let completed = resizes.filter { $0.request.instanceId == id && $0.state == .completed }
      let charges = completed.filter { $0.quote?.direction == .charge }.count
      let orders = record.instance.subscription.orders
      if orders.filter({ $0.kind == .resize }).count != charges {
        broken.append("\(id) has not one order for each of its \(charges) charged resizes")
      }
      let refunds = completed.filter { $0.quote?.direction == .refund }
        .compactMap { $0.quote?.amount.minorUnits }.reduce(0, +)
      let noted = orders.compactMap {
        Money($0.refunded, currency: Currency(code: "USD")!)?.minorUnits
      }
      .reduce(0, +)
      let charged = completed.filter { $0.quote?.direction == .charge }
        .compactMap { $0.quote?.amount.minorUnits }.reduce(0, +)
      if refunds > 2_000 + charged { broken.append("\(id): more was refunded than paid") }
      if refunds != noted {
        broken.append("\(id): \(refunds) refunded, \(noted) noted on its orders")
      }
      if let last = completed.max(by: { $0.updatedAt < $1.updatedAt }),
        completed.filter({ $0.updatedAt == last.updatedAt }).count == 1,
        record.instance.configuration != last.after
      {
        broken.append("\(id) is not what its last resize made of it")
      }
    }
    return broken
  }
}
