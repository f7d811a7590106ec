import Contracts
import Resizing
import Storage

extension Statement {
  /// One adopter at a time, so that each gets what the one before it has left.
  private static let lockAdoption = Statement(
    "lock_adoption",
    "SELECT pg_advisory_xact_lock(hashtextextended('adoption ' || current_schema, 0))")

  /// Jumps from one owner to the next: the outbox may be long, its owners are few.
  private static let orphanedPages = Statement(
    "orphaned_pages",
    """
    WITH RECURSIVE owners (owner) AS (
      SELECT min(owner) FROM outbox
      UNION ALL
      SELECT (SELECT min(owner) FROM outbox WHERE owner > owners.owner) FROM owners
      WHERE owner IS NOT NULL
    ), orphaned AS MATERIALIZED (
      SELECT owner, (SELECT created_at FROM outbox WHERE outbox.owner = owners.owner
        ORDER BY last_sequence LIMIT 1) AS oldest
      FROM owners
      WHERE owner IS NOT NULL AND owner <> $1::text AND NOT EXISTS (
        SELECT FROM workers WHERE worker = owners.owner AND beat_at >= $2::int8)
    ), left_behind AS MATERIALIZED (
      SELECT owner, last_sequence, sum(message_count) OVER pages - message_count AS before,
        row_number() OVER pages AS place
      FROM orphaned JOIN outbox USING (owner)
      WINDOW pages AS (ORDER BY oldest, owner, last_sequence)
      ORDER BY place LIMIT $3::int8
    )
    SELECT outbox.owner, outbox.first_sequence, outbox.last_sequence, outbox.created_at,
      outbox.messages, ARRAY (
        SELECT lower(range) || ',' || upper(range) FROM unnest(outbox.unconfirmed) AS range)::text
    FROM left_behind JOIN outbox USING (owner, last_sequence)
    WHERE before < $3 ORDER BY place FOR UPDATE OF outbox
    """)

  /// Keeps other adopters away and looks for what those who are gone have left.
  static func orphans(besides heir: String, staleBefore: Moment, limit: Int) -> [Call] {
    [
      lockAdoption.call(),
      orphanedPages.call {
        $0.add(heir)
        $0.add(staleBefore.millisecondsSinceEpoch)
        $0.add(Int64(max(limit, 0)))
      },
    ]
  }

  private static let strikeStale = Statement(
    "strike_stale",
    """
    DELETE FROM workers WHERE worker <> $1::text AND beat_at < $2::int8
      AND NOT EXISTS (SELECT FROM outbox WHERE outbox.owner = workers.worker)
    """)

  /// Strikes those who are gone and have left nothing.
  static func strikeStale(besides heir: String, staleBefore: Moment) -> Call {
    strikeStale.call {
      $0.add(heir)
      $0.add(staleBefore.millisecondsSinceEpoch)
    }
  }
}

/// A page whose owner is gone, as it is stored.
struct OrphanedPage {
  let owner: String
  private let sequences: ClosedRange<Int64>
  private let createdAt: Moment
  private let unconfirmed: [Range<Int64>]
  private let events: [OutgoingEvent]

  init(row: Rows.Row) throws(PostgresError) {
    owner = row.text(at: 0)
    let (first, last) = (row.integer(at: 1), row.integer(at: 2))
    guard first <= last else { throw unreadable("an outbox page of \(owner)", "it has no end") }
    sequences = first...last
    createdAt = row.moment(at: 3)
    do throws(PageDamage) {
      events = try OutboxPage.decode(row.bytes(at: 4))
    } catch {
      throw unreadable("the outbox page of \(owner) from \(first) on", error.explanation)
    }
    guard events.count == sequences.count else {
      throw unreadable(
        "the outbox page of \(owner) from \(first) on", "it holds \(events.count) messages")
    }
    // As an array of texts is written: {"1,4","7,8"}
    unconfirmed = row.text(at: 5).split(whereSeparator: { "{}\"".contains($0) }).compactMap {
      range in
      let ends = range.split(separator: ",").compactMap { Int64($0) }
      return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
    }
  }

  /// Those that are not confirmed, in order.
  var messages: [OutboxMessage] {
    zip(sequences, events).filter { sequence, _ in unconfirmed.contains { $0.contains(sequence) } }
      .map { OutboxMessage(owner: owner, sequence: $0.0, createdAt: createdAt, event: $0.1) }
  }
}
