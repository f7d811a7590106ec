import Contracts
import GRDB
import Resizing
import Storage

/// A page as its row tells of it.
struct StoredOutboxPage {
  var owner: String
  var createdAt: Moment
  var unconfirmed: SequenceBits
  var payments: SequenceBits
  var number: Int64

  var sequences: ClosedRange<Int64> { unconfirmed.sequences }
}

/// Reads the pages of the outbox, and sets aside those that cannot be read.
struct StoredOutboxPages {
  /// Those that this value has come across.
  private(set) var setAside: [SetAsidePage] = []
  private let db: Database

  init(_ db: Database) { self.db = db }

  /// The first readable page of an owner that ends with a sequence or after it.
  mutating func next(
    of owner: String, endingFrom sequence: Int64
  ) throws -> StoredOutboxPage? {
    let rows = try PreparedStatement(
      db,
      """
      SELECT first_sequence, last_sequence, created_at, unconfirmed, payments, page,
        message_count, payment_count
      FROM outbox
      WHERE owner = ?1 AND last_sequence >= ?2 ORDER BY last_sequence LIMIT 1
      """)
    while true {
      try rows.bind(owner, at: 1)
      try rows.bind(sequence, at: 2)
      guard try rows.next() else { return nil }
      let (first, last) = (rows.integer(at: 0), rows.integer(at: 1))
      let createdAt = Moment(millisecondsSinceEpoch: rows.integer(at: 2))
      let unconfirmed = SequenceBits(rows.bytes(at: 3), from: first, to: last)
      let payments = SequenceBits(rows.bytes(at: 4), from: first, to: last)
      let number = rows.integer(at: 5)
      let (messageCount, paymentCount) = (rows.integer(at: 6), rows.integer(at: 7))
      rows.reset()
      if let unconfirmed, let payments, unconfirmed.count == messageCount,
        unconfirmed.count(alsoIn: payments) == paymentCount
      {
        return StoredOutboxPage(
          owner: owner, createdAt: createdAt, unconfirmed: unconfirmed, payments: payments,
          number: number)
      }
      try setAside(
        SetAsidePage(
          owner: owner, firstSequence: first, lastSequence: last, createdAt: createdAt,
          reason: "its row does not say which are left"))
    }
  }

  /// As `next`, with the messages that are not confirmed, in order.
  mutating func nextMessages(
    of owner: String, from sequence: Int64
  ) throws -> (StoredOutboxPage, [OutboxMessage])? {
    while let page = try next(of: owner, endingFrom: sequence) {
      let bytes = try bytes(of: page)
      do throws(PageDamage) {
        guard let bytes else { throw PageDamage("its messages are missing") }
        return (page, try page.messages(of: bytes))
      } catch {
        try setAside(
          SetAsidePage(
            owner: owner, firstSequence: page.sequences.lowerBound,
            lastSequence: page.sequences.upperBound, createdAt: page.createdAt,
            reason: error.explanation))
      }
    }
    return nil
  }

  private func bytes(of page: StoredOutboxPage) throws -> [UInt8]? {
    let rows = try PreparedStatement(db, "SELECT messages FROM outbox_pages WHERE number = ?1")
    try rows.bind(page.number, at: 1)
    guard try rows.next() else { return nil }
    defer { rows.reset() }
    return rows.bytes(at: 0)
  }

  /// Keeps a page as it is stored where nobody looks for what is to be sent.
  private mutating func setAside(_ page: SetAsidePage) throws {
    let copy = try PreparedStatement(
      db,
      """
      INSERT INTO outbox_set_aside
        (reason, owner, first_sequence, last_sequence, created_at, unconfirmed, payments, messages)
      SELECT ?3, owner, first_sequence, last_sequence, created_at, unconfirmed, payments, messages
      FROM outbox LEFT JOIN outbox_pages ON outbox_pages.number = outbox.page
      WHERE owner = ?1 AND last_sequence = ?2
      """)
    try copy.bind(page.reason, at: 3)
    let bytes = try PreparedStatement(
      db,
      """
      DELETE FROM outbox_pages WHERE number =
        (SELECT page FROM outbox WHERE owner = ?1 AND last_sequence = ?2)
      """)
    let row = try PreparedStatement(
      db, "DELETE FROM outbox WHERE owner = ?1 AND last_sequence = ?2")
    for statement in [copy, bytes, row] {
      try statement.bind(page.owner, at: 1)
      try statement.bind(page.lastSequence, at: 2)
      try statement.run()
    }
    setAside.append(page)
  }

  /// The latest that were set aside, the last one first.
  static func setAside(_ db: Database, limit: Int) throws -> [SetAsidePage] {
    let rows = try PreparedStatement(
      db,
      """
      SELECT owner, first_sequence, last_sequence, created_at, reason FROM outbox_set_aside
      ORDER BY number DESC LIMIT ?1
      """)
    try rows.bind(Int64(limit), at: 1)
    var pages: [SetAsidePage] = []
    while try rows.next() {
      pages.append(
        SetAsidePage(
          owner: rows.text(at: 0), firstSequence: rows.integer(at: 1),
          lastSequence: rows.integer(at: 2),
          createdAt: Moment(millisecondsSinceEpoch: rows.integer(at: 3)), reason: rows.text(at: 4)))
    }
    return pages
  }
}

extension StoredOutboxPage {
  fileprivate func messages(of bytes: [UInt8]) throws(PageDamage) -> [OutboxMessage] {
    let events = try OutboxPage.decode(
      bytes, from: sequences.lowerBound, to: sequences.upperBound)
    return zip(sequences, events).lazy
      .filter { unconfirmed.contains($0.0) }
      .map { sequence, event in
        OutboxMessage(owner: owner, sequence: sequence, createdAt: createdAt, event: event)
      }
  }
}
