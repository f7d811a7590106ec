import Contracts
import GRDB
import Resizing
import Storage

/// Appends to the outbox, deletes what is confirmed, and hands over what its owner left.
struct OutboxRows {
  private let db: Database

  init(_ db: Database) { self.db = db }

  func append(_ messages: [OutboxMessage]) throws {
    guard !messages.isEmpty else { return }
    let insertion = try PreparedStatement(
      db,
      """
      INSERT INTO outbox
        (owner, sequence, created_at, destination, reply_queue, routing_key, message_id, type,
         content_type, correlation_id, traceparent, tracestate, headers, body)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
      """)
    for message in messages {
      try insertion.bind(message.owner, at: 1)
      try insertion.bind(message.sequence, at: 2)
      try insertion.bind(message.createdAt.millisecondsSinceEpoch, at: 3)
      try insertion.bind(message.event.destination.name, at: 4)
      try insertion.bind(message.event.destination.replyQueue, at: 5)
      try insertion.bind(message.event.routingKey, at: 6)
      try insertion.bind(message.event.id, at: 7)
      try insertion.bind(message.event.type, at: 8)
      try insertion.bind(message.event.contentType, at: 9)
      try insertion.bind(message.event.correlationId, at: 10)
      try insertion.bind(message.event.traceparent, at: 11)
      try insertion.bind(message.event.tracestate, at: 12)
      try insertion.bind(message.event.headersText, at: 13)
      _ = try insertion.run(bindingBlob: message.event.body, at: 14)
    }
  }

  func delete(_ sequences: [ClosedRange<Int64>], of owner: String) throws {
    guard !sequences.isEmpty else { return }
    let deletion = try PreparedStatement(
      db, "DELETE FROM outbox WHERE owner = ?1 AND sequence BETWEEN ?2 AND ?3")
    try deletion.bind(owner, at: 1)
    for range in sequences {
      try deletion.bind(range.lowerBound, at: 2)
      try deletion.bind(range.upperBound, at: 3)
      try deletion.run()
    }
  }

  /// The first rows of an owner, in the order of their sequences.
  func messages(of owner: String, limit: Int) throws -> [OutboxMessage] {
    let rows = try PreparedStatement(
      db,
      """
      SELECT sequence, created_at, destination, reply_queue, routing_key, message_id, type,
        content_type, correlation_id, traceparent, tracestate, headers, body
      FROM outbox WHERE owner = ?1 ORDER BY sequence LIMIT ?2
      """)
    try rows.bind(owner, at: 1)
    try rows.bind(Int64(limit), at: 2)
    var messages: [OutboxMessage] = []
    while try rows.next() {
      messages.append(
        OutboxMessage(
          owner: owner, sequence: rows.integer(at: 0),
          createdAt: Moment(millisecondsSinceEpoch: rows.integer(at: 1)),
          event: try OutgoingEvent(outboxRow: rows)))
    }
    return messages
  }

  /// Gives the first rows of one owner to another, numbered from `firstSequence` on.
  func move(from owner: String, to heir: String, firstSequence: Int64, limit: Int) throws
    -> [OutboxMessage]
  {
    let left = try messages(of: owner, limit: limit)
    guard let first = left.first, let last = left.last else { return [] }
    let adopted = left.enumerated().map { offset, message in
      OutboxMessage(
        owner: heir, sequence: firstSequence + Int64(offset), createdAt: message.createdAt,
        event: message.event)
    }
    try append(adopted)
    try delete([first.sequence...last.sequence], of: owner)
    return adopted
  }
}
