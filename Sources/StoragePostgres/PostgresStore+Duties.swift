import Contracts
import Resizing
import Storage

extension PostgresStore {
  public func claimDueTimers(
    now: Moment, limit: Int, lease: Int64
  ) async throws(StoreError) -> [String] {
    let call = Statement.claimTimers(
      now: now, limit: limit, until: now.adding(milliseconds: lease))
    return try await run([call]) { answers in answers[0].map { $0.text(at: 0) } }
  }

  public func heartbeat(_ worker: WorkerHeartbeat) async throws(StoreError) {
    try await run([Statement.heartbeat(worker)])
  }

  public func retire(worker: String) async throws(StoreError) {
    try await run([Statement.retire(worker)])
  }

  public func beginTrial(of message: String, by worker: String) async throws(StoreError) -> Int {
    try await run([Statement.beginTrial(of: message, by: worker)]) { answers in
      answers[0].first.map { Int($0.integer(at: 0)) } ?? 0
    }
  }

  public func adoptOutbox(
    owner: String, firstSequence: Int64, staleBefore: Moment, limit: Int
  ) async throws(StoreError) -> AdoptedOutbox {
    let orphans = Statement.orphans(besides: owner, staleBefore: staleBefore, limit: limit)
    return try await withSession { session throws(PostgresError) in
      try await session.transact(orphans) { answers throws(PostgresError) in
        let orphaned = OrphanedPages(rows: answers[2])
        let left = orphaned.messages
        let adopted = left.prefix(max(limit, 0)).enumerated().map { offset, message in
          OutboxMessage(
            owner: owner, sequence: firstSequence + Int64(offset), createdAt: message.createdAt,
            event: message.event)
        }
        let gone = Dictionary(grouping: left.prefix(adopted.count), by: \.owner)
        let calls =
          Statement.setAside(orphaned.damaged)
          + gone.flatMap {
            Statement.delete($0.value.map { $0.sequence...$0.sequence }, of: $0.key)
          }
          + Statement.append(adopted)
          + [Statement.strikeStale(besides: owner, staleBefore: staleBefore)]
        return (calls, AdoptedOutbox(messages: adopted, setAside: orphaned.damaged))
      }
    }
  }
}
