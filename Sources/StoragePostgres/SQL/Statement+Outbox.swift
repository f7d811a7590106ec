import Contracts
import Resizing
import Storage

// A row of `outbox` is a page: the messages of one commit. What the broker confirms is taken out of the
// row's range of unconfirmed sequences; with the last of them the row goes.
extension Statement {
  private static let refuseTaken = Statement(
    "refuse_taken",
    """
    SELECT refuse('the outbox already holds message ' || taken.first_sequence || ' of ' || given.owner)
    FROM unnest($1::text[], $2::int8[], $3::int8[]) AS given (owner, first, last)
    CROSS JOIN LATERAL (
      SELECT first_sequence FROM outbox
      WHERE outbox.owner = given.owner AND last_sequence >= given.first
      ORDER BY last_sequence LIMIT 1) AS taken
    WHERE taken.first_sequence <= given.last
    """)

  private static let appendPages = Statement(
    "append_pages",
    """
    INSERT INTO outbox
      (owner, first_sequence, last_sequence, created_at, message_count, payment_count, unconfirmed,
        payments, messages)
    SELECT owner, first, last, created_at, last - first + 1, count_of(payments::int8multirange),
      int8multirange(int8range(first, last, '[]')), payments::int8multirange, messages
    FROM unnest($1::text[], $2::int8[], $3::int8[], $4::int8[], $5::text[], $6::bytea[])
      AS given (owner, first, last, created_at, payments, messages)
    """)

  static func append(_ messages: [OutboxMessage]) -> [Call] {
    var calls: [Call] = []
    // Pages that overlap each other are found by those before them.
    for pages in OutboxPage.slices(of: messages).map(NewPage.init).withoutOverlap() {
      calls.append(
        refuseTaken.call {
          $0.add(texts: pages.lazy.map(\.owner))
          $0.add(integers: pages.lazy.map(\.first))
          $0.add(integers: pages.lazy.map(\.last))
        })
      calls.append(
        appendPages.call {
          $0.add(texts: pages.lazy.map(\.owner))
          $0.add(integers: pages.lazy.map(\.first))
          $0.add(integers: pages.lazy.map(\.last))
          $0.add(integers: pages.lazy.map(\.createdAt))
          $0.add(texts: pages.lazy.map(\.payments))
          $0.add(blobs: pages.lazy.map(\.bytes))
        })
    }
    return calls
  }

  private static let deleteConfirmed = Statement(
    "delete_confirmed",
    """
    DELETE FROM outbox WHERE owner = $1::text AND last_sequence >= $2::int8
      AND unconfirmed <@ (SELECT range_agg(int8range(first, next))
        FROM unnest($3::int8[], $4::int8[]) AS confirmed (first, next))
    """)

  private static let strikeConfirmed = Statement(
    "strike_confirmed",
    """
    UPDATE outbox
    SET unconfirmed = unconfirmed - gone, message_count = count_of(unconfirmed - gone),
      payment_count = count_of((unconfirmed - gone) * payments)
    FROM (SELECT range_agg(int8range(first, next)) AS gone
      FROM unnest($3::int8[], $4::int8[]) AS confirmed (first, next)) AS confirmed
    WHERE owner = $1::text AND last_sequence >= $2::int8 AND unconfirmed && gone
    """)

  static func delete(_ sequences: [ClosedRange<Int64>], of owner: String) -> [Call] {
    guard let first = sequences.map(\.lowerBound).min() else { return [] }
    return [deleteConfirmed, strikeConfirmed].map { statement in
      statement.call {
        $0.add(owner)
        $0.add(first)
        $0.add(integers: sequences.lazy.map(\.lowerBound))
        // Without an end where there is no next one.
        $0.add(
          optionalIntegers: sequences.lazy.map { $0.upperBound == .max ? nil : $0.upperBound + 1 })
      }
    }
  }
}

/// A page that is to be added.
private struct NewPage {
  var owner: String
  var first: Int64
  var last: Int64
  var createdAt: Int64
  /// Those that ask for payments and refunds, or void them, as a multirange is written.
  var payments: String
  var bytes: [UInt8]

  init(_ messages: ArraySlice<OutboxMessage>) {
    let one = messages[messages.startIndex]
    owner = one.owner
    first = one.sequence
    last = one.sequence + Int64(messages.count - 1)
    createdAt = one.createdAt.millisecondsSinceEpoch
    let sequences = messages.lazy.filter { $0.event.isForPayments }.map(\.sequence)
    payments = "{" + sequences.map { "[\($0),\($0)]" }.joined(separator: ",") + "}"
    bytes = OutboxPage.encode(messages)
  }
}

extension [NewPage] {
  /// Groups without pages that overlap; nearly always all are one.
  fileprivate func withoutOverlap() -> [[NewPage]] {
    var groups: [[NewPage]] = []
    for page in self {
      let isFree = groups.last?.allSatisfy {
        $0.owner != page.owner || $0.last < page.first || page.last < $0.first
      }
      if isFree == true {
        groups[groups.count - 1].append(page)
      } else {
        groups.append([page])
      }
    }
    return groups
  }
}
