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

extension Statement {
  private static let setAside = Statement(
    "set_aside",
    """
    WITH gone AS (
      DELETE FROM outbox USING unnest($1::text[], $2::int8[], $3::text[])
        AS damaged (owner, last, reason)
      WHERE outbox.owner = damaged.owner AND last_sequence = last
      RETURNING reason, outbox.*
    )
    INSERT INTO outbox_set_aside
      (reason, owner, first_sequence, last_sequence, created_at, unconfirmed, payments, messages)
    SELECT reason, owner, first_sequence, last_sequence, created_at, unconfirmed, payments, messages
    FROM gone
    """)

  /// Keeps pages as they are stored where nobody looks for what is to be sent.
  static func setAside(_ pages: [SetAsidePage]) -> [Call] {
    if pages.isEmpty { return [] }
    return [
      setAside.call {
        $0.add(texts: pages.lazy.map(\.owner))
        $0.add(integers: pages.lazy.map(\.lastSequence))
        $0.add(texts: pages.lazy.map(\.reason))
      }
    ]
  }

  /// The latest that were set aside, the last one first.
  static let pagesSetAside = Statement(
    "pages_set_aside",
    """
    SELECT owner, first_sequence, last_sequence, created_at, reason FROM outbox_set_aside
    ORDER BY number DESC LIMIT 10
    """)
}

extension SetAsidePage {
  init(row: Rows.Row) {
    self.init(
      owner: row.text(at: 0), firstSequence: row.integer(at: 1), lastSequence: row.integer(at: 2),
      createdAt: row.moment(at: 3), reason: row.text(at: 4))
  }
}

/// What those who are gone have left, as far as it can be read.
struct OrphanedPages {
  private(set) var messages: [OutboxMessage] = []
  private(set) var damaged: [SetAsidePage] = []

  init(rows: Rows) {
    for row in rows {
      do throws(PageDamage) {
        messages += try Self.messages(row: row)
      } catch {
        damaged.append(
          SetAsidePage(
            owner: row.text(at: 0), firstSequence: row.integer(at: 1),
            lastSequence: row.integer(at: 2), createdAt: row.moment(at: 3),
            reason: error.explanation))
      }
    }
  }

  /// Those of a page that are not confirmed, in order.
  private static func messages(row: Rows.Row) throws(PageDamage) -> [OutboxMessage] {
    let (owner, first, createdAt) = (row.text(at: 0), row.integer(at: 1), row.moment(at: 3))
    let events = try OutboxPage.decode(row.bytes(at: 4), from: first, to: row.integer(at: 2))
    // As an array of texts is written: {"1,4","7,8"}
    let unconfirmed: [Range<Int64>] = row.text(at: 5)
      .split(whereSeparator: { "{}\"".contains($0) }).compactMap { range in
        let ends = range.split(separator: ",").compactMap { Int64($0) }
        return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
      }
    return events.enumerated().lazy.map { (first + Int64($0.offset), $0.element) }
      .filter { sequence, _ in unconfirmed.contains { $0.contains(sequence) } }
      .map { OutboxMessage(owner: owner, sequence: $0.0, createdAt: createdAt, event: $0.1) }
  }
}
