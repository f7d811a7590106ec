import Resizing

extension InMemoryStore {
  public func record(_ actions: [OperatorAction]) throws(StoreError) {
    try requireOpen()
    recordedActions += actions
    for action in actions {
      guard let requestId = action.requestId, let stored = storedResizes[requestId] else {
        continue
      }
      let entry = TimelineEntry(
        requestId: requestId, at: action.at, event: action.action, state: stored.resize.state,
        detail: action.summary)
      timelineRows.append(
        TimelineRow(number: Int64(timelineRows.count + 1), worker: action.by, entry: entry))
    }
  }

  public func actions(limit: Int) throws(StoreError) -> [OperatorAction] {
    try requireOpen()
    return recordedActions.reversed().prefix(max(limit, 0)).map(\.self)
  }

  public func timeline(requestId: String) throws(StoreError) -> [TimelineRow] {
    try requireOpen()
    return timelineRows.filter { $0.entry.requestId == requestId }
  }

  public func resizes(matching filter: ResizeFilter) throws(StoreError) -> [Resize] {
    try requireOpen()
    return storedResizes.values
      .filter { filter.includes($0.resize) }
      .sorted { $0.number > $1.number }
      .prefix(max(filter.limit, 0))
      .map(\.resize)
  }

  public func instances(after: String?, limit: Int) throws(StoreError) -> [InstanceRecord] {
    try requireOpen()
    return storedInstances.keys
      .filter { id in after.map { id.follows($0) } ?? true }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .prefix(max(limit, 0))
      .compactMap { storedInstances[$0] }
  }

  public func statistics(now: Moment) throws(StoreError) -> StoreStatistics {
    try requireOpen()
    let resizes = storedResizes.values
    return StoreStatistics(
      resizes: Dictionary(grouping: resizes, by: \.resize.state).mapValues(\.count),
      needingAttention: resizes.count { $0.resize.attention != nil },
      timersDue: resizes.count { stored in stored.wakeAt.map { $0 <= now } ?? false },
      outboxRows: outbox.count,
      outboxPayments: outbox.values.count { $0.event.isForPayments },
      oldestOutbox: outbox.values.map(\.createdAt).min(),
      instances: storedInstances.values.count { !$0.isRemoved },
      workers: workers.values.sorted { $0.worker.utf8.lexicographicallyPrecedes($1.worker.utf8) })
  }
}

extension ResizeFilter {
  /// Whether a resize is one of those asked for.
  func includes(_ resize: Resize) -> Bool {
    if let states, !states.contains(resize.state) { return false }
    if let instanceId, instanceId != resize.request.instanceId { return false }
    if let tenantId, tenantId != resize.request.tenantId { return false }
    return !needsAttention || resize.attention != nil
  }
}

extension String {
  /// Whether this string comes after another, byte by byte, which is the order of every engine.
  fileprivate func follows(_ other: String) -> Bool {
    other.utf8.lexicographicallyPrecedes(utf8)
  }
}
