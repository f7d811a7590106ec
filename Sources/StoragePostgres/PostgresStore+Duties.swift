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

  public func adoptOutbox(
    owner: String, firstSequence: Int64, staleBefore: Moment, limit: Int
  ) async throws(StoreError) -> [OutboxMessage] {
    let calls = Statement.adopt(
      by: owner, firstSequence: firstSequence, staleBefore: staleBefore, limit: limit)
    return try await run(calls.asTransaction) { answers throws(PostgresError) in
      var messages: [OutboxMessage] = []
      for row in answers[2] {
        messages.append(
          OutboxMessage(
            owner: owner, sequence: row.integer(at: 0),
            createdAt: Moment(millisecondsSinceEpoch: row.integer(at: 1)),
            event: try OutgoingEvent(outboxRow: row)))
      }
      return messages.sorted { $0.sequence < $1.sequence }
    }
  }
}
