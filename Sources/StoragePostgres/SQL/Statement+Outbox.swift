import Contracts
import Resizing
import Storage

extension Statement {
  private static let appendOutbox = Statement(
    "append_outbox",
    """
    INSERT INTO outbox
      (owner, sequence, created_at, destination, reply_queue, routing_key, message_id, type,
       content_type, correlation_id, traceparent, tracestate, headers, body)
    SELECT * FROM unnest(
      $1::text[], $2::int8[], $3::int8[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
      $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bytea[])
    """)

  static func append(_ messages: [OutboxMessage]) -> [Call] {
    if messages.isEmpty { return [] }
    return [
      appendOutbox.call {
        $0.add(texts: messages.lazy.map(\.owner))
        $0.add(integers: messages.lazy.map(\.sequence))
        $0.add(integers: messages.lazy.map(\.createdAt.millisecondsSinceEpoch))
        $0.add(texts: messages.lazy.map(\.event.destination.name))
        $0.add(optionalTexts: messages.lazy.map(\.event.destination.replyQueue))
        $0.add(texts: messages.lazy.map(\.event.routingKey))
        $0.add(texts: messages.lazy.map(\.event.id))
        $0.add(texts: messages.lazy.map(\.event.type))
        $0.add(texts: messages.lazy.map(\.event.contentType))
        $0.add(optionalTexts: messages.lazy.map(\.event.correlationId))
        $0.add(optionalTexts: messages.lazy.map(\.event.traceparent))
        $0.add(optionalTexts: messages.lazy.map(\.event.tracestate))
        $0.add(optionalTexts: messages.lazy.map(\.event.headersText))
        $0.add(blobs: messages.lazy.map(\.event.body))
      }
    ]
  }

  private static let deleteConfirmed = Statement(
    "delete_confirmed",
    """
    DELETE FROM outbox USING unnest($2::int8[], $3::int8[]) AS confirmed (first, last)
    WHERE owner = $1::text AND sequence BETWEEN confirmed.first AND confirmed.last
    """)

  static func delete(_ sequences: [ClosedRange<Int64>], of owner: String) -> [Call] {
    if sequences.isEmpty { return [] }
    return [
      deleteConfirmed.call {
        $0.add(owner)
        $0.add(integers: sequences.lazy.map(\.lowerBound))
        $0.add(integers: sequences.lazy.map(\.upperBound))
      }
    ]
  }

  /// One adopter at a time, so that each gets what the one before it has left.
  private static let lockAdoption = Statement(
    "lock_adoption",
    "SELECT pg_advisory_xact_lock(hashtextextended('adoption ' || current_schema, 0))")

  /// Jumps from one owner to the next: the outbox may be long, its owners are few.
  private static let adopt = Statement(
    "adopt",
    """
    WITH RECURSIVE owners (owner) AS (
      SELECT min(owner) FROM outbox
      UNION ALL
      SELECT (SELECT min(owner) FROM outbox WHERE owner > owners.owner) FROM owners
      WHERE owner IS NOT NULL
    ), orphaned AS MATERIALIZED (
      SELECT owner, (SELECT created_at FROM outbox WHERE outbox.owner = owners.owner
        ORDER BY sequence LIMIT 1) AS oldest
      FROM owners
      WHERE owner IS NOT NULL AND owner <> $1::text AND NOT EXISTS (
        SELECT FROM workers WHERE worker = owners.owner AND beat_at >= $2::int8)
    ), chosen AS MATERIALIZED (
      SELECT owner, sequence, row_number() OVER (ORDER BY oldest, owner, sequence) AS position
      FROM orphaned JOIN outbox USING (owner) ORDER BY position LIMIT $4::int8
    ), moved AS (
      DELETE FROM outbox USING chosen
      WHERE outbox.owner = chosen.owner AND outbox.sequence = chosen.sequence
      RETURNING outbox.*, position
    )
    INSERT INTO outbox
    SELECT $1::text, $3::int8 + row_number() OVER (ORDER BY position) - 1, created_at, destination,
      reply_queue, routing_key, message_id, type, content_type, correlation_id, traceparent,
      tracestate, headers, body
    FROM moved
    RETURNING sequence, created_at, destination, reply_queue, routing_key, message_id, type,
      content_type, correlation_id, traceparent, tracestate, headers, body
    """)

  private static let strikeStale = Statement(
    "strike_stale",
    """
    DELETE FROM workers WHERE worker <> $1::text AND beat_at < $2::int8
      AND NOT EXISTS (SELECT FROM outbox WHERE outbox.owner = workers.worker)
    """)

  /// Gives the rows of those who are gone to another; strikes those who have left none.
  static func adopt(by heir: String, firstSequence: Int64, staleBefore: Moment, limit: Int)
    -> [Call]
  {
    [
      lockAdoption.call(),
      adopt.call {
        $0.add(heir)
        $0.add(staleBefore.millisecondsSinceEpoch)
        $0.add(firstSequence)
        $0.add(Int64(max(limit, 0)))
      },
      strikeStale.call {
        $0.add(heir)
        $0.add(staleBefore.millisecondsSinceEpoch)
      },
    ]
  }
}
