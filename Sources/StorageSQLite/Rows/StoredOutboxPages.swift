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

  /// The first readable page of an owner that ends with a sequence or after it. Those whose key is
  /// damaged are passed over: see ``setAsideDamagedKeys()``.
  mutating func next(
    of owner: String, endingFrom sequence: Int64
  ) throws -> StoredOutboxPage? {
    let rows = try PreparedStatement(
      db,
      """
      SELECT first_sequence, last_sequence, created_at, unconfirmed, payments, page,
        message_count, payment_count
      FROM outbox
      WHERE owner = ?1 AND last_sequence >= ?2 AND typeof(last_sequence) = 'integer'
      ORDER BY last_sequence LIMIT 1
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
    try setAside(page, where: "owner = ?1 AND last_sequence = ?2") { statement in
      try statement.bind(page.owner, at: 1)
      try statement.bind(page.lastSequence, at: 2)
    }
  }

  /// Sets aside the rows that no owner and no sequence leads to: a bit that flips in the header of a
  /// row makes a text or a blob of a number, which SQLite reads all the same.
  ///
  /// Looks at all pages, of which there are few.
  mutating func setAsideDamagedKeys() throws {
    let rows = try PreparedStatement(
      db,
      """
      SELECT owner, typeof(owner), last_sequence, typeof(last_sequence), first_sequence, created_at
      FROM outbox
      """)
    var damaged: [(key: DamagedKey, page: SetAsidePage)] = []
    while try rows.next() {
      let key = DamagedKey(
        owner: rows.bytes(at: 0), ownerType: rows.text(at: 1), last: rows.bytes(at: 2),
        lastType: rows.text(at: 3))
      guard key.isDamaged else { continue }
      let page = SetAsidePage(
        owner: rows.text(at: 0), firstSequence: rows.integer(at: 4),
        lastSequence: rows.integer(at: 2),
        createdAt: Moment(millisecondsSinceEpoch: rows.integer(at: 5)),
        reason: "the key of its row is damaged")
      damaged.append((key, page))
    }
    for (key, page) in damaged {
      try setAside(page, where: DamagedKey.isKey, binding: key.bind)
    }
  }

  /// - Parameter isRow: What is true of its row alone; parameter 3 is the reason's.
  private mutating func setAside(
    _ page: SetAsidePage, where isRow: String, binding bind: (PreparedStatement) throws -> Void
  ) throws {
    let copy = try PreparedStatement(
      db,
      """
      INSERT INTO outbox_set_aside
        (reason, owner, first_sequence, last_sequence, created_at, unconfirmed, payments, messages)
      SELECT ?3, owner, first_sequence, last_sequence, created_at, unconfirmed, payments, messages
      FROM outbox LEFT JOIN outbox_pages ON outbox_pages.number = outbox.page
      WHERE \(isRow)
      """)
    let bytes = try PreparedStatement(
      db, "DELETE FROM outbox_pages WHERE number IN (SELECT page FROM outbox WHERE \(isRow))")
    let row = try PreparedStatement(db, "DELETE FROM outbox WHERE \(isRow)")
    for statement in [copy, bytes, row] { try bind(statement) }
    try copy.bind(page.reason, at: 3)
    try copy.run()
    try bytes.run()
    guard try row.run() > 0 else {
      // It would be found again for ever.
      throw StoreError(
        .corrupt,
        "The row of \(page) is found, and cannot be deleted: the file is damaged; restore a backup."
      )
    }
    setAside.append(page)
  }

  /// Whether a row has a key of another type than it should be.
  static func holdsDamagedKeys(_ db: Database) throws -> Bool {
    let rows = try PreparedStatement(
      db,
      """
      SELECT 1 FROM outbox WHERE typeof(owner) <> 'text' OR typeof(last_sequence) <> 'integer' LIMIT 1
      """)
    defer { rows.reset() }
    return try rows.next()
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

/// The key of a row as it stands in the file, whatever its types are.
private struct DamagedKey {
  var owner: [UInt8]
  var ownerType: String
  var last: [UInt8]
  var lastType: String

  var isDamaged: Bool {
    ownerType != "text" || lastType != "integer" || String(validating: owner, as: UTF8.self) == nil
  }

  /// Whatever a value is, its bytes as a blob are those that were read.
  static let isKey = """
    CAST(owner AS BLOB) = ?1 AND typeof(owner) = ?2
      AND CAST(last_sequence AS BLOB) = ?4 AND typeof(last_sequence) = ?5
    """

  func bind(_ statement: PreparedStatement) throws {
    try statement.bind(owner, at: 1)
    try statement.bind(ownerType, at: 2)
    try statement.bind(last, at: 4)
    try statement.bind(lastType, at: 5)
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
