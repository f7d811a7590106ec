import Contracts
import GRDB
import Resizing
import Storage

/// Appends to the outbox, deletes what is confirmed, and hands over what its owner left.
///
/// A row of `outbox` is a page: messages of one commit with consecutive sequences. What the broker
/// confirms of a page is noted in its row; with the last message of it, row and bytes go.
struct OutboxRows {
  private let db: Database

  init(_ db: Database) { self.db = db }

  func append(_ pages: [NewOutboxPage]) throws {
    guard !pages.isEmpty else { return }
    let bytes = try PreparedStatement(db, "INSERT INTO outbox_pages (messages) VALUES (?1)")
    let row = try PreparedStatement(
      db,
      """
      INSERT INTO outbox
        (owner, first_sequence, last_sequence, created_at, message_count, payment_count,
         payments, unconfirmed, page)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, last_insert_rowid())
      """)
    for page in pages {
      try refuseTaken(page)
      _ = try bytes.run(bindingBlob: page.bytes, at: 1)
      try row.bind(page.owner, at: 1)
      try row.bind(page.sequences.lowerBound, at: 2)
      try row.bind(page.sequences.upperBound, at: 3)
      try row.bind(page.createdAt.millisecondsSinceEpoch, at: 4)
      try row.bind(Int64(page.sequences.count), at: 5)
      try row.bind(Int64(page.payments.count), at: 6)
      try row.bind(page.payments.bytes, at: 7)
      try row.bind(SequenceBits(allOf: page.sequences).bytes, at: 8)
      try row.run()
    }
  }

  private func refuseTaken(_ page: NewOutboxPage) throws {
    let taken = try PreparedStatement(
      db,
      """
      SELECT first_sequence, last_sequence FROM outbox
      WHERE owner = ?1 AND last_sequence >= ?2 ORDER BY last_sequence LIMIT 1
      """)
    try taken.bind(page.owner, at: 1)
    try taken.bind(page.sequences.lowerBound, at: 2)
    defer { taken.reset() }
    if try taken.next(), taken.integer(at: 0) <= page.sequences.upperBound {
      throw StoreError(
        .refused, "The outbox already holds message \(taken.integer(at: 1)) of \(page.owner).")
    }
  }

  /// Strikes messages from their pages.
  func delete(_ confirmed: [ClosedRange<Int64>], of owner: String) throws {
    guard !confirmed.isEmpty else { return }
    var pages = StoredOutboxPages(db)
    var current: StoredOutboxPage?
    for range in confirmed {
      var first = range.lowerBound
      while first <= range.upperBound {
        if current.map({ !$0.sequences.contains(first) }) ?? true {
          try current.map(store)
          current = try pages.next(of: owner, endingFrom: first)
        }
        guard var page = current, page.sequences.lowerBound <= range.upperBound else { break }
        page.unconfirmed.subtract(range)
        current = page
        guard page.sequences.upperBound < range.upperBound else { break }
        first = page.sequences.upperBound + 1
      }
    }
    try current.map(store)
  }

  /// Gives the first messages of one owner to another, numbered from `firstSequence` on.
  func move(
    from owner: String, to heir: String, firstSequence: Int64, limit: Int
  ) throws -> AdoptedOutbox {
    var pages = StoredOutboxPages(db)
    var left: [OutboxMessage] = []
    var from = Int64.min
    while left.count < limit, let (page, messages) = try pages.nextMessages(of: owner, from: from) {
      left += messages.prefix(limit - left.count)
      guard page.sequences.upperBound < .max else { break }
      from = page.sequences.upperBound + 1
    }
    try delete(left.map { $0.sequence...$0.sequence }, of: owner)
    let adopted = left.enumerated().map { offset, message in
      OutboxMessage(
        owner: heir, sequence: firstSequence + Int64(offset), createdAt: message.createdAt,
        event: message.event)
    }
    try append(NewOutboxPage.pages(of: adopted))
    return AdoptedOutbox(messages: adopted, setAside: pages.setAside)
  }

  /// Writes what is left of a page; deletes it where that is nothing.
  private func store(_ page: StoredOutboxPage) throws {
    if page.unconfirmed.isEmpty {
      let row = try PreparedStatement(
        db, "DELETE FROM outbox WHERE owner = ?1 AND last_sequence = ?2")
      try row.bind(page.owner, at: 1)
      try row.bind(page.sequences.upperBound, at: 2)
      try row.run()
      let bytes = try PreparedStatement(db, "DELETE FROM outbox_pages WHERE number = ?1")
      try bytes.bind(page.number, at: 1)
      try bytes.run()
    } else {
      let rest = try PreparedStatement(
        db,
        """
        UPDATE outbox SET message_count = ?3, payment_count = ?4, unconfirmed = ?5
        WHERE owner = ?1 AND last_sequence = ?2
        """)
      try rest.bind(page.owner, at: 1)
      try rest.bind(page.sequences.upperBound, at: 2)
      try rest.bind(Int64(page.unconfirmed.count), at: 3)
      try rest.bind(Int64(page.unconfirmed.count(alsoIn: page.payments)), at: 4)
      try rest.bind(page.unconfirmed.bytes, at: 5)
      try rest.run()
    }
  }
}
