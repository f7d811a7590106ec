import GRDB
import Resizing
import Storage

extension SQLiteStore {
  public func switches() async throws(StoreError) -> Switches {
    try await read { db in
      let rows = try PreparedStatement(
        db, "SELECT name, is_paused, changed_by, changed_at FROM switches")
      var switches = Switches()
      while try rows.next() {
        let position = SwitchPosition(
          isPaused: rows.integer(at: 1) != 0, changedBy: rows.optionalText(at: 2),
          changedAt: rows.optionalMoment(at: 3))
        switch OperatorSwitch(rawValue: rows.text(at: 0)) {
        case .payments: switches.payments = position
        case .intake: switches.intake = position
        case nil: break
        }
      }
      switches.breaker = try breaker(db)
      switches.outbox = try sharedOutbox(db)
      return switches
    }
  }

  public func set(
    _ name: OperatorSwitch, to position: SwitchPosition
  ) async throws(StoreError) {
    try await transact { db in
      let upsert = try PreparedStatement(
        db,
        """
        INSERT INTO switches (name, is_paused, changed_by, changed_at) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (name) DO UPDATE
        SET is_paused = excluded.is_paused, changed_by = excluded.changed_by,
          changed_at = excluded.changed_at
        """)
      try upsert.bind(name.rawValue, at: 1)
      try upsert.bind(position.isPaused ? 1 : 0, at: 2)
      try upsert.bind(position.changedBy, at: 3)
      try upsert.bind(position.changedAt?.millisecondsSinceEpoch, at: 4)
      try upsert.run()
      return .commit(())
    }
  }

  public func exchange(_ breaker: BreakerState) async throws(StoreError) -> BreakerState {
    try await transact { db in
      let upsert = try PreparedStatement(
        db,
        """
        INSERT INTO breaker
          (name, revision, phase, since, until, openings, worker, failed, outcomes)
        SELECT 'payments', ?1 + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
        WHERE ?1 = 0 OR EXISTS (SELECT 1 FROM breaker WHERE name = 'payments')
        ON CONFLICT (name) DO UPDATE
        SET revision = excluded.revision, phase = excluded.phase, since = excluded.since,
          until = excluded.until, openings = excluded.openings, worker = excluded.worker,
          failed = excluded.failed, outcomes = excluded.outcomes
        WHERE revision = ?1
        """)
      try upsert.bind(breaker.revision, at: 1)
      try upsert.bind(breaker.phase.rawValue, at: 2)
      try upsert.bind(breaker.since?.millisecondsSinceEpoch, at: 3)
      try upsert.bind(breaker.until?.millisecondsSinceEpoch, at: 4)
      try upsert.bind(Int64(breaker.openings), at: 5)
      try upsert.bind(breaker.worker, at: 6)
      try upsert.bind(Int64(breaker.failed), at: 7)
      try upsert.bind(Int64(breaker.outcomes), at: 8)
      try upsert.run()
      return .commit(try StorageSQLite.breaker(db))
    }
  }
}

private func sharedOutbox(_ db: Database) throws -> SharedOutbox {
  let rows = try PreparedStatement(
    db,
    """
    SELECT (SELECT ifnull(sum(message_count), 0) FROM outbox), (SELECT count(*) FROM workers)
    """)
  guard try rows.next() else { return SharedOutbox() }
  defer { rows.reset() }
  return SharedOutbox(messages: Int(rows.integer(at: 0)), workers: Int(rows.integer(at: 1)))
}

/// The breaker as it is stored; closed where it has never moved.
private func breaker(_ db: Database) throws -> BreakerState {
  let rows = try PreparedStatement(
    db,
    """
    SELECT revision, phase, since, until, openings, worker, failed, outcomes FROM breaker
    WHERE name = 'payments'
    """)
  guard try rows.next() else { return BreakerState() }
  defer { rows.reset() }
  guard let phase = BreakerState.Phase(rawValue: rows.text(at: 1)) else {
    throw unreadable("the payments' breaker", "its phase is unknown")
  }
  return BreakerState(
    phase: phase, since: rows.optionalMoment(at: 2), until: rows.optionalMoment(at: 3),
    openings: Int(rows.integer(at: 4)), worker: rows.optionalText(at: 5),
    failed: Int(rows.integer(at: 6)), outcomes: Int(rows.integer(at: 7)),
    revision: rows.integer(at: 0))
}

extension PreparedStatement {
  fileprivate func optionalMoment(at column: Int32) -> Moment? {
    isNull(at: column) ? nil : Moment(millisecondsSinceEpoch: integer(at: column))
  }
}
