import Contracts
import GRDB
import Resizing
import Storage

extension SQLiteStore {
  public func commit(_ changes: ChangeSet) async throws(StoreError) -> CommitOutcome {
    try changes.requireBalancedPostings()
    if changes.isEmpty { return .committed }
    // Encoded before the transaction, which keeps other processes out while it lasts.
    let told = ToldTimeline(changes)
    let resizes = changes.resizes.withUnsafeBufferPointer { resizes in
      // By index: a resize that is taken out has its three dozen references counted.
      resizes.indices.map { ResizeRow(resizes[$0], beginning: told.beginnings[$0]) }
    }
    let instanceRecords = changes.instances.map { RecordCodec.encode($0.instance) }
    let outboxPages = NewOutboxPage.pages(of: changes.outbox)
    return try await transact { db in
      var numbers = try ResizeNumbers(db, capacity: resizes.count)
      var counters = CounterRows()
      let requestIds = try ResizeRows(db).write(
        resizes, by: changes.worker, &numbers, &counters)
      let instanceIds =
        try InstanceRows(db).write(changes.instances, instanceRecords, &counters)
        + InstanceRows(db).write(changes.locks)
      guard requestIds.isEmpty && instanceIds.isEmpty else {
        return .rollBack(.conflict(requestIds: requestIds, instanceIds: instanceIds))
      }
      try counters.write(db)
      try LedgerRows(db).append(changes.postings, &numbers)
      try TimelineRows(db).append(told.pages, by: changes.worker, &numbers)
      // Deleted first, so that new rows find their pages free.
      try OutboxRows(db).delete(changes.confirmed, of: changes.worker)
      try OutboxRows(db).append(outboxPages)
      try endTrials(db, of: changes.trials)
      return .commit(.committed)
    }
  }
}

extension ChangeSet {
  fileprivate var isEmpty: Bool {
    resizes.isEmpty && instances.isEmpty && locks.isEmpty && timeline.isEmpty
      && postings.isEmpty && outbox.isEmpty && confirmed.isEmpty && trials.isEmpty
  }
}

private func endTrials(_ db: Database, of messages: [String]) throws {
  for message in messages {
    let deletion = try PreparedStatement(db, "DELETE FROM trials WHERE message = ?1")
    try deletion.bind(message, at: 1)
    try deletion.run()
  }
}
