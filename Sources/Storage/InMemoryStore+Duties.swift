import Resizing

extension InMemoryStore {
  public func claimDueTimers(
    now: Moment, limit: Int, lease: Int64
  ) throws(StoreError) -> [String] {
    try requireOpen()
    let due = storedResizes.values
      .compactMap { stored in stored.wakeAt.map { (wakeAt: $0, stored: stored) } }
      .filter { $0.wakeAt <= now }
      .sorted { ($0.wakeAt, $0.stored.number) < ($1.wakeAt, $1.stored.number) }
      .prefix(max(limit, 0))
    let requestIds = due.map(\.stored.resize.requestId)
    for requestId in requestIds {
      storedResizes[requestId]?.wakeAt = now.adding(milliseconds: lease)
    }
    return requestIds
  }

  public func adoptOutbox(
    owner: String, firstSequence: Int64, staleBefore: Moment, limit: Int
  ) throws(StoreError) -> AdoptedOutbox {
    try requireOpen()
    let orphans = orphanedOutbox(besides: owner, staleBefore: staleBefore).prefix(max(limit, 0))
    var adopted: [OutboxMessage] = []
    for (key, orphan) in orphans {
      let message = OutboxMessage(
        owner: owner, sequence: firstSequence + Int64(adopted.count), createdAt: orphan.createdAt,
        event: orphan.event)
      guard outbox[OutboxKey(owner: owner, sequence: message.sequence)] == nil else {
        throw StoreError(
          .refused, "The outbox already holds message \(message.sequence) of \(owner).")
      }
      adopted.append(message)
      outbox[key] = nil
    }
    for message in adopted {
      outbox[OutboxKey(owner: owner, sequence: message.sequence)] = message
    }
    let owners = Set(outbox.keys.map(\.owner))
    workers = workers.filter {
      $0.key == owner || $0.value.beatAt >= staleBefore || owners.contains($0.key)
    }
    return AdoptedOutbox(messages: adopted)
  }

  /// The rows of retired and stale workers: the worker whose first row is oldest first, each in its
  /// own order.
  private func orphanedOutbox(
    besides owner: String, staleBefore: Moment
  ) -> [(OutboxKey, OutboxMessage)] {
    let orphans = outbox.filter { key, _ in
      guard key.owner != owner else { return false }
      guard let worker = workers[key.owner] else { return true }
      return worker.beatAt < staleBefore
    }
    let rowsByOwner = Dictionary(grouping: orphans.sorted { $0.key < $1.key }, by: \.key.owner)
    let oldestFirst = rowsByOwner.values.sorted {
      ($0[0].value.createdAt, $0[0].key.owner) < ($1[0].value.createdAt, $1[0].key.owner)
    }
    return oldestFirst.flatMap { rows in rows.map { ($0.key, $0.value) } }
  }
}
