import Contracts
import Resizing
import Storage

/// Brings records into the store by the same decision that instance.changed.v1 leads to.
struct InventoryImport {
  /// Records that are committed together.
  private static let batchLength = 500
  /// How often a batch is decided anew because workers were faster.
  private static let attempts = 20

  private(set) var changedCount = 0
  /// Records that are not newer than what is stored.
  private(set) var unchangedCount = 0
  private let machine = ResizeMachine(rules: ResizeRules(), catalogs: CatalogHistory([]))

  mutating func bring(_ records: [InventoryRecords.Record], into store: some Store) async throws {
    let progress = ProgressReport("imported", total: records.count)
    for start in stride(from: 0, to: records.count, by: Self.batchLength) {
      let batch = records[start..<min(start + Self.batchLength, records.count)]
      try await commit(batch, into: store)
      progress.update(start + batch.count)
    }
    progress.finish(records.count)
  }

  private mutating func commit(
    _ batch: ArraySlice<InventoryRecords.Record>, into store: some Store
  ) async throws {
    for _ in 0..<Self.attempts {
      let ids = Set(batch.map(\.instance.instanceId))
      var known = try await store.load(FactKeys(instanceIds: ids)).instances
      var changed: [String: InstanceRecord] = [:]
      for record in batch {
        let id = record.instance.instanceId
        guard let decided = decide(record, known[id]) else { continue }
        known[id] = decided
        changed[id] = decided
      }
      let changes = ChangeSet(
        worker: "inventory import",
        instances: changed.values.sorted { $0.instance.instanceId < $1.instance.instanceId })
      if changed.isEmpty {
        unchangedCount += batch.count
        return
      }
      if case .committed = try await store.commit(changes) {
        changedCount += changed.count
        unchangedCount += batch.count - changed.count
        return
      }
    }
    throw Problem(
      .didNotWorkOut, "workers change the same instances all the time; try again later")
  }

  private func decide(
    _ record: InventoryRecords.Record, _ stored: InstanceRecord?
  ) -> InstanceRecord? {
    let change = InstanceChange(
      instanceId: record.instance.instanceId,
      revision: record.revision ?? (stored?.revision ?? 0) + 1, instance: record.instance)
    return machine.decide(
      .instanceChanged(change), eventId: "import", resize: nil, instance: stored, now: .now
    ).instance
  }
}
