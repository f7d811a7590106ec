import GRDB
import Resizing
import Storage

extension SQLiteStore {
  public func claimDueTimers(
    now: Moment, limit: Int, lease: Int64
  ) async throws(StoreError) -> [String] {
    let limit = Int64(max(limit, 0))
    // Most of the time nothing is due: a look in a snapshot keeps nobody from writing.
    guard try await read({ db in !(try DueTimers(db).first(limit: min(limit, 1), now).isEmpty) })
    else {
      return []
    }
    return try await transact { db in
      let due = try DueTimers(db).first(limit: limit, now)
      let claim = try PreparedStatement(db, "UPDATE resizes SET wake_at = ?2 WHERE number = ?1")
      try claim.bind(now.adding(milliseconds: lease).millisecondsSinceEpoch, at: 2)
      for timer in due {
        try claim.bind(timer.number, at: 1)
        try claim.run()
      }
      return .commit(due.map(\.requestId))
    }
  }

  public func heartbeat(_ worker: WorkerHeartbeat) async throws(StoreError) {
    try await transact { db in
      let upsert = try PreparedStatement(
        db,
        """
        INSERT INTO workers (worker, started_at, beat_at, payments_answered, payments_failed)
        VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (worker) DO UPDATE
        SET started_at = excluded.started_at, beat_at = excluded.beat_at,
          payments_answered = excluded.payments_answered,
          payments_failed = excluded.payments_failed
        """)
      try upsert.bind(worker.worker, at: 1)
      try upsert.bind(worker.startedAt.millisecondsSinceEpoch, at: 2)
      try upsert.bind(worker.beatAt.millisecondsSinceEpoch, at: 3)
      try upsert.bind(Int64(worker.paymentsAnswered), at: 4)
      try upsert.bind(Int64(worker.paymentsFailed), at: 5)
      try upsert.run()
      return .commit(())
    }
  }

  public func retire(worker: String) async throws(StoreError) {
    try await transact { db in
      for table in ["workers", "trials"] {
        let deletion = try PreparedStatement(db, "DELETE FROM \(table) WHERE worker = ?1")
        try deletion.bind(worker, at: 1)
        try deletion.run()
      }
      return .commit(())
    }
  }

  public func beginTrial(of message: String, by worker: String) async throws(StoreError) -> Int {
    try await transact { db in
      let insertion = try PreparedStatement(
        db, "INSERT INTO trials (message, worker) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
      try insertion.bind(message, at: 1)
      try insertion.bind(worker, at: 2)
      try insertion.run()
      let count = try PreparedStatement(db, "SELECT count(*) FROM trials WHERE message = ?1")
      try count.bind(message, at: 1)
      guard try count.next() else { return .rollBack(0) }
      defer { count.reset() }
      return .commit(Int(count.integer(at: 0)))
    }
  }
}
