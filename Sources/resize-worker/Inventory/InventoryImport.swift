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

  mutating func bring(_ entries: [InventoryEntry], into store: some Store) async throws {
    let progress = ProgressReport("imported", total: entries.count)
    for start in stride(from: 0, to: entries.count, by: Self.batchLength) {
      let batch = entries[start..<min(start + Self.batchLength, entries.count)]
      try await commit(batch, into: store)
      progress.update(start + batch.count)
    }
    progress.finish(entries.count)
  }

  private mutating func commit(
    _ batch: ArraySlice<InventoryEntry>, into store: some Store
  ) async throws {
    for _ in 0..<Self.attempts {
      let ids = Set(batch.map(\.instanceId))
      var known = try await store.load(FactKeys(instanceIds: ids)).instances
      var changed: [String: InstanceRecord] = [:]
      for entry in batch {
        guard let decided = try decide(entry, known[entry.instanceId]) else { continue }
        known[entry.instanceId] = decided
        changed[entry.instanceId] = decided
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
    _ entry: InventoryEntry, _ stored: InstanceRecord?
  ) throws(Problem) -> InstanceRecord? {
    let change = InstanceChange(
      instanceId: entry.instanceId, revision: try revision(of: entry, after: stored?.revision ?? 0),
      instance: entry.instance)
    return machine.decide(
      .instanceChanged(change), eventId: "import", resize: nil, instance: stored, now: .now
    ).instance
  }

  /// What an entry counts as that names no revision is the next one.
  private func revision(of entry: InventoryEntry, after stored: Int64) throws(Problem) -> Int64 {
    if let revision = entry.revision { return revision }
    guard stored < .max else {
      throw Problem(
        .didNotWorkOut,
        "instance \(entry.instanceId) is stored with the highest revision there is, \(stored): "
          + "nothing can be newer; leave it out of the file, and see who has sent that revision")
    }
    return stored + 1
  }
}
