import Resizing
import Storage

extension PostgresStore {
  public func switches() async throws(StoreError) -> Switches {
    let calls = [
      Statement.switches.call(), Statement.breaker.call(), Statement.sharedOutbox.call(),
    ]
    return try await run(calls.onOneSnapshot) { answers throws(PostgresError) in
      var switches = Switches()
      for row in answers[1] {
        let position = SwitchPosition(
          isPaused: row.flag(at: 1), changedBy: row.optionalText(at: 2),
          changedAt: row.optionalMoment(at: 3))
        switch OperatorSwitch(rawValue: row.text(at: 0)) {
        case .payments: switches.payments = position
        case .intake: switches.intake = position
        case nil: break
        }
      }
      switches.breaker = try BreakerState(rows: answers[2])
      for row in answers[3] {
        switches.outbox = SharedOutbox(
          messages: Int(row.integer(at: 0)), workers: Int(row.integer(at: 1)))
      }
      return switches
    }
  }

  public func set(
    _ name: OperatorSwitch, to position: SwitchPosition
  ) async throws(StoreError) {
    try await run([Statement.set(name, to: position)])
  }

  public func exchange(_ breaker: BreakerState) async throws(StoreError) -> BreakerState {
    let calls = [Statement.move(breaker), Statement.breaker.call()]
    return try await run(calls.asTransaction) { answers throws(PostgresError) in
      try BreakerState(rows: answers[2])
    }
  }
}

extension BreakerState {
  /// The breaker as it is stored; closed where it has never moved.
  fileprivate init(rows: Rows) throws(PostgresError) {
    self.init()
    guard let row = rows.first else { return }
    guard let phase = Phase(rawValue: row.text(at: 1)) else {
      throw unreadable("the payments' breaker", "its phase is unknown")
    }
    self.init(
      phase: phase, since: row.optionalMoment(at: 2), until: row.optionalMoment(at: 3),
      openings: Int(row.integer(at: 4)), worker: row.optionalText(at: 5),
      failed: Int(row.integer(at: 6)), outcomes: Int(row.integer(at: 7)),
      revision: row.integer(at: 0))
  }
}

extension Rows.Row {
  func moment(at column: Int32) -> Moment { Moment(millisecondsSinceEpoch: integer(at: column)) }

  func optionalMoment(at column: Int32) -> Moment? {
    isNull(at: column) ? nil : moment(at: column)
  }
}
