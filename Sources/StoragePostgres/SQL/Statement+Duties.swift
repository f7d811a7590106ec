import Resizing
import Storage

extension Statement {
  /// Rows that another worker is just claiming or writing are passed over, not waited for.
  private static let claimTimers = Statement(
    "claim_timers",
    """
    WITH due AS MATERIALIZED (
      SELECT number, request_id, wake_at FROM resizes WHERE wake_at <= $1::int8
      ORDER BY wake_at, number LIMIT $2::int8
      FOR NO KEY UPDATE SKIP LOCKED
    ), claimed AS (
      UPDATE resizes SET wake_at = $3::int8 FROM due WHERE resizes.number = due.number
      RETURNING due.*
    )
    SELECT request_id FROM claimed ORDER BY wake_at, number
    """)

  static func claimTimers(now: Moment, limit: Int, until leaseEnd: Moment) -> Call {
    claimTimers.call {
      $0.add(now.millisecondsSinceEpoch)
      $0.add(Int64(max(limit, 0)))
      $0.add(leaseEnd.millisecondsSinceEpoch)
    }
  }

  private static let beat = Statement(
    "beat",
    """
    INSERT INTO workers (worker, started_at, beat_at, payments_answered, payments_failed)
    VALUES ($1::text, $2::int8, $3::int8, $4::int8, $5::int8)
    ON CONFLICT (worker) DO UPDATE
    SET started_at = excluded.started_at, beat_at = excluded.beat_at,
      payments_answered = excluded.payments_answered, payments_failed = excluded.payments_failed
    """)

  static func heartbeat(_ worker: WorkerHeartbeat) -> Call {
    beat.call {
      $0.add(worker.worker)
      $0.add(worker.startedAt.millisecondsSinceEpoch)
      $0.add(worker.beatAt.millisecondsSinceEpoch)
      $0.add(Int64(worker.paymentsAnswered))
      $0.add(Int64(worker.paymentsFailed))
    }
  }

  private static let retire = Statement(
    "retire",
    """
    WITH acquitted AS (DELETE FROM trials WHERE worker = $1::text)
    DELETE FROM workers WHERE worker = $1
    """)

  static func retire(_ worker: String) -> Call { retire.call { $0.add(worker) } }

  static let switches = Statement(
    "switches", "SELECT name, is_paused, changed_by, changed_at FROM switches")

  static let sharedOutbox = Statement(
    "shared_outbox",
    """
    SELECT (SELECT coalesce(sum(message_count), 0)::bigint FROM outbox),
      (SELECT count(*) FROM workers)
    """)

  private static let setSwitch = Statement(
    "set_switch",
    """
    INSERT INTO switches (name, is_paused, changed_by, changed_at)
    VALUES ($1::text, $2::bool, $3::text, $4::int8)
    ON CONFLICT (name) DO UPDATE
    SET is_paused = excluded.is_paused, changed_by = excluded.changed_by,
      changed_at = excluded.changed_at
    """)

  static func set(_ name: OperatorSwitch, to position: SwitchPosition) -> Call {
    setSwitch.call {
      $0.add(name.rawValue)
      $0.add(position.isPaused)
      $0.add(position.changedBy)
      $0.add(position.changedAt?.millisecondsSinceEpoch)
    }
  }

  static let breaker = Statement(
    "breaker",
    """
    SELECT revision, phase, since, until, openings, worker, failed, outcomes FROM breaker
    WHERE name = 'payments'
    """)

  private static let moveBreaker = Statement(
    "move_breaker",
    """
    INSERT INTO breaker (name, revision, phase, since, until, openings, worker, failed, outcomes)
    SELECT 'payments', $1::int8 + 1, $2::text, $3::int8, $4::int8, $5::int8, $6::text, $7::int8, $8::int8
    WHERE $1 = 0 OR EXISTS (SELECT FROM breaker WHERE name = 'payments')
    ON CONFLICT (name) DO UPDATE
    SET revision = excluded.revision, phase = excluded.phase, since = excluded.since,
      until = excluded.until, openings = excluded.openings, worker = excluded.worker,
      failed = excluded.failed, outcomes = excluded.outcomes
    WHERE breaker.revision = $1
    """)

  static func move(_ breaker: BreakerState) -> Call {
    moveBreaker.call {
      $0.add(breaker.revision)
      $0.add(breaker.phase.rawValue)
      $0.add(breaker.since?.millisecondsSinceEpoch)
      $0.add(breaker.until?.millisecondsSinceEpoch)
      $0.add(Int64(breaker.openings))
      $0.add(breaker.worker)
      $0.add(Int64(breaker.failed))
      $0.add(Int64(breaker.outcomes))
    }
  }
}
