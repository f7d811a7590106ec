import Resizing

extension InMemoryStore {
  public func commit(_ changes: ChangeSet) throws(StoreError) -> CommitOutcome {
    try requireOpen()
    try changes.requireBalancedPostings()
    let requestIds = staleRequestIds(changes.resizes)
    let instanceIds = staleInstanceIds(changes)
    guard requestIds.isEmpty && instanceIds.isEmpty else {
      return .conflict(requestIds: requestIds, instanceIds: instanceIds)
    }
    try refuseUnknownRequests(changes)
    try refuseSecondPostings(changes.postings)
    try refuseTakenSequences(changes)
    let ledger = try LedgerExtension(changes.postings, onto: heads)
    apply(changes)
    apply(ledger)
    return .committed
  }

  /// The resizes whose stored version is another than they carry; one that stands twice is behind
  /// itself.
  private func staleRequestIds(_ resizes: [Resize]) -> [String] {
    var seen: Set<String> = []
    return resizes.compactMap { resize in
      let stored = storedResizes[resize.requestId]?.resize.version ?? 0
      let isCurrent = seen.insert(resize.requestId).inserted && stored == resize.version
      return isCurrent ? nil : resize.requestId
    }
  }

  private func staleInstanceIds(_ changes: ChangeSet) -> [String] {
    var seen: Set<String> = []
    let records = changes.instances.compactMap { record in
      let id = record.instance.instanceId
      let stored = storedInstances[id]?.version ?? 0
      return seen.insert(id).inserted && stored == record.version ? nil : id
    }
    let locks = changes.locks.compactMap { lock in
      let stored = storedInstances[lock.instanceId]?.version
      let isCurrent = seen.insert(lock.instanceId).inserted && stored == lock.version
      return isCurrent ? nil : lock.instanceId
    }
    return records + locks
  }

  private func refuseUnknownRequests(_ changes: ChangeSet) throws(StoreError) {
    let written = Set(changes.resizes.map(\.requestId))
    let told = changes.timeline.map(\.requestId) + changes.postings.map(\.requestId)
    for requestId in told where storedResizes[requestId] == nil && !written.contains(requestId) {
      throw StoreError(
        .refused, "There is no resize \(requestId) that a timeline or ledger row could belong to.")
    }
  }

  private func refuseSecondPostings(_ postings: [Posting]) throws(StoreError) {
    var seen: Set<PostingKey> = []
    for posting in postings {
      let key = PostingKey(movementId: posting.movementId, account: posting.account)
      guard !posted.contains(key), seen.insert(key).inserted else {
        throw StoreError(
          .refused, "Movement \(posting.movementId) is already posted to \(posting.account).")
      }
    }
  }

  private func refuseTakenSequences(_ changes: ChangeSet) throws(StoreError) {
    var taken: Set<OutboxKey> = []
    for message in changes.outbox {
      let key = OutboxKey(owner: message.owner, sequence: message.sequence)
      let isConfirmed =
        key.owner == changes.worker && changes.confirmed.contains { $0.contains(key.sequence) }
      guard taken.insert(key).inserted, outbox[key] == nil || isConfirmed else {
        throw StoreError(
          .refused, "The outbox already holds message \(key.sequence) of \(key.owner).")
      }
    }
  }

  private func apply(_ changes: ChangeSet) {
    for resize in changes.resizes {
      var resize = resize
      resize.version += 1
      let number = storedResizes[resize.requestId]?.number ?? Int64(storedResizes.count + 1)
      storedResizes[resize.requestId] = StoredResize(
        number: number, resize: resize, wakeAt: resize.dueAt)
    }
    for record in changes.instances {
      var record = record
      record.version += 1
      storedInstances[record.instance.instanceId] = record
    }
    for lock in changes.locks {
      storedInstances[lock.instanceId]?.liveResize = lock.liveResize
      storedInstances[lock.instanceId]?.version += 1
    }
    for entry in changes.timeline {
      timelineRows.append(
        TimelineRow(number: Int64(timelineRows.count + 1), worker: changes.worker, entry: entry))
    }
    for posting in changes.postings {
      posted.insert(PostingKey(movementId: posting.movementId, account: posting.account))
    }
    for message in changes.trials { trials[message] = nil }
    for range in changes.confirmed { outbox.strike(range, of: changes.worker) }
    for message in changes.outbox {
      outbox[OutboxKey(owner: message.owner, sequence: message.sequence)] = message
    }
  }

  private func apply(_ ledger: LedgerExtension) {
    for entry in ledger.entries {
      ledgerRows.append(LedgerRow(number: Int64(ledgerRows.count + 1), entry: entry))
    }
    for head in ledger.heads { heads[head.account] = head }
  }
}

extension Dictionary where Key == InMemoryStore.OutboxKey {
  /// Takes out an owner's messages of a range, and looks at whichever is less: the sequences of the
  /// range, or the messages that are there.
  /// - Returns: How many it looked at.
  @discardableResult
  mutating func strike(_ range: ClosedRange<Int64>, of owner: String) -> Int {
    let distance = UInt64(bitPattern: range.upperBound &- range.lowerBound)
    guard distance < UInt64(count) else {
      let all = count
      self = filter { $0.key.owner != owner || !range.contains($0.key.sequence) }
      return all
    }
    for sequence in range { self[Key(owner: owner, sequence: sequence)] = nil }
    return range.count
  }
}
