import GRDB
import Resizing
import Storage

extension SQLiteStore {
  public func adoptOutbox(
    owner: String, firstSequence: Int64, staleBefore: Moment, limit: Int
  ) async throws(StoreError) -> AdoptedOutbox {
    // Rarely is anybody gone: a look in a snapshot keeps nobody from writing.
    let (orphans, isAnybodyGone) = try await read { db in
      let orphans = try orphanedOwners(db, besides: owner, staleBefore)
      let isAny =
        try !orphans.isEmpty || StoredOutboxPages.holdsDamagedKeys(db)
        || holdsStaleWorkers(db, besides: owner, staleBefore)
      return (orphans, isAny)
    }
    guard isAnybodyGone else { return AdoptedOutbox() }
    var adopted = AdoptedOutbox()
    adopted.setAside = try await transact { db in
      var pages = StoredOutboxPages(db)
      try pages.setAsideDamagedKeys()
      return .commit(pages.setAside)
    }
    // Each owner by itself: what is damaged of one keeps nobody else's messages back.
    for orphan in orphans {
      let room = max(limit, 0) - adopted.messages.count
      guard room > 0 else { break }
      let first = firstSequence + Int64(adopted.messages.count)
      do throws(StoreError) {
        let moved = try await transact { db in
          // Another worker may have taken it, or it may have come back, since it was looked at.
          guard try orphanedOwners(db, besides: owner, staleBefore).contains(orphan) else {
            return .commit(AdoptedOutbox())
          }
          return .commit(
            try OutboxRows(db).move(from: orphan, to: owner, firstSequence: first, limit: room))
        }
        adopted.messages += moved.messages
        adopted.setAside += moved.setAside
      } catch {
        adopted.failure = error
        guard error.code == .corrupt || error.code == .refused else { break }
      }
    }
    if adopted.failure == nil {
      do throws(StoreError) {
        try await transact { db in
          .commit(try strikeStaleWorkers(db, besides: owner, staleBefore))
        }
      } catch {
        adopted.failure = error
      }
    }
    // What has been moved or set aside has to be told of, whatever happened after that.
    if let failure = adopted.failure, adopted.messages.isEmpty, adopted.setAside.isEmpty {
      throw failure
    }
    return adopted
  }
}

/// Owners of outbox rows that are not registered or have not beaten for long, the one with the
/// oldest first row first.
///
/// Jumps from one owner to the next: the outbox may be long, its owners are few.
private func orphanedOwners(
  _ db: Database, besides owner: String, _ staleBefore: Moment
) throws -> [String] {
  let rows = try PreparedStatement(
    db,
    """
    WITH RECURSIVE owners (owner) AS (
      SELECT min(owner) FROM outbox
      UNION ALL
      SELECT (SELECT min(owner) FROM outbox WHERE owner > owners.owner) FROM owners
      WHERE owner IS NOT NULL
    )
    SELECT owner FROM owners
    WHERE owner IS NOT NULL AND owner <> ?1
      AND NOT EXISTS
        (SELECT 1 FROM workers WHERE workers.worker = owners.owner AND workers.beat_at >= ?2)
    ORDER BY (SELECT created_at FROM outbox WHERE outbox.owner = owners.owner
      ORDER BY last_sequence LIMIT 1), owner
    """)
  try rows.bind(owner, at: 1)
  try rows.bind(staleBefore.millisecondsSinceEpoch, at: 2)
  var owners: [String] = []
  while try rows.next() { owners.append(rows.text(at: 0)) }
  return owners
}

private let staleWorkers = """
  FROM workers WHERE worker <> ?1 AND beat_at < ?2
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.owner = workers.worker)
  """

private func holdsStaleWorkers(
  _ db: Database, besides owner: String, _ staleBefore: Moment
) throws -> Bool {
  let rows = try PreparedStatement(db, "SELECT 1 " + staleWorkers + " LIMIT 1")
  try rows.bind(owner, at: 1)
  try rows.bind(staleBefore.millisecondsSinceEpoch, at: 2)
  let isAny = try rows.next()
  rows.reset()
  return isAny
}

private func strikeStaleWorkers(
  _ db: Database, besides owner: String, _ staleBefore: Moment
) throws {
  let deletion = try PreparedStatement(db, "DELETE " + staleWorkers)
  try deletion.bind(owner, at: 1)
  try deletion.bind(staleBefore.millisecondsSinceEpoch, at: 2)
  try deletion.run()
}
