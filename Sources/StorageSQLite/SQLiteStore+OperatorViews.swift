import GRDB
import Resizing
import Storage

extension SQLiteStore {
  public func timeline(requestId: String) async throws(StoreError) -> [TimelineRow] {
    try await read { db in try TimelineRows(db).rows(of: requestId) }
  }

  public func resizes(matching filter: ResizeFilter) async throws(StoreError) -> [Resize] {
    guard filter.limit > 0, filter.states?.isEmpty != true else { return [] }
    return try await read { db in
      let rows = try PreparedStatement(db, filter.selection)
      try filter.bind(to: rows)
      var resizes: [Resize] = []
      while try rows.next() { resizes.append(try Resize(row: rows)) }
      return resizes
    }
  }

  public func instances(
    after: String?, limit: Int
  ) async throws(StoreError) -> [InstanceRecord] {
    try await read { db in
      let rows = try PreparedStatement(
        db, InstanceRecord.selection + "WHERE instance_id > ?1 ORDER BY instance_id LIMIT ?2")
      try rows.bind(after ?? "", at: 1)
      try rows.bind(Int64(max(limit, 0)), at: 2)
      var instances: [InstanceRecord] = []
      while try rows.next() { instances.append(try InstanceRecord(row: rows)) }
      return instances
    }
  }

  public func statistics(now: Moment) async throws(StoreError) -> StoreStatistics {
    try await read { db in
      let counters = try CounterRows.values(db)
      let states = ResizeState.allCases.compactMap { state in
        counters[state.rawValue].map { (state, $0) }
      }
      return StoreStatistics(
        resizes: Dictionary(uniqueKeysWithValues: states),
        needingAttention: try count(db, "FROM resizes WHERE needs_attention = 1"),
        timersDue: try DueTimers(db).count(now),
        outboxRows: try sum(db, "message_count", "FROM outbox"),
        outboxPayments: try sum(db, "payment_count", "FROM outbox"),
        oldestOutbox: try Int64.fetchOne(db, sql: "SELECT min(created_at) FROM outbox")
          .map(Moment.init(millisecondsSinceEpoch:)),
        setAsidePages: try StoredOutboxPages.setAside(db, limit: 10),
        instances: counters[CounterRows.instances] ?? 0, workers: try workers(db))
    }
  }
}

private func count(_ db: Database, _ rows: String) throws -> Int {
  try Int.fetchOne(db, sql: "SELECT count(*) " + rows) ?? 0
}

private func sum(_ db: Database, _ column: String, _ rows: String) throws -> Int {
  try Int.fetchOne(db, sql: "SELECT ifnull(sum(\(column)), 0) " + rows) ?? 0
}

private func workers(_ db: Database) throws -> [WorkerHeartbeat] {
  let rows = try PreparedStatement(
    db,
    """
    SELECT worker, started_at, beat_at, payments_answered, payments_failed FROM workers
    ORDER BY worker
    """)
  var workers: [WorkerHeartbeat] = []
  while try rows.next() {
    workers.append(
      WorkerHeartbeat(
        worker: rows.text(at: 0),
        startedAt: Moment(millisecondsSinceEpoch: rows.integer(at: 1)),
        beatAt: Moment(millisecondsSinceEpoch: rows.integer(at: 2)),
        paymentsAnswered: Int(rows.integer(at: 3)), paymentsFailed: Int(rows.integer(at: 4))))
  }
  return workers
}
