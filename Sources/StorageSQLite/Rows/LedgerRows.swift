import Billing
import GRDB
import Resizing

/// Appends to the ledger and reads it.
struct LedgerRows {
  private let db: Database

  init(_ db: Database) { self.db = db }

  func append(_ postings: [Posting]) throws {
    guard !postings.isEmpty else { return }
    let insertion = try PreparedStatement(
      db,
      """
      INSERT INTO ledger
        (resize, movement_id, account, minor_units, currency, purpose, posted_at)
      VALUES ((SELECT number FROM resizes WHERE request_id = ?1), ?2, ?3, ?4, ?5, ?6, ?7)
      """)
    for posting in postings {
      try insertion.bind(posting.requestId, at: 1)
      try insertion.bind(posting.movementId, at: 2)
      try insertion.bind(posting.account, at: 3)
      try insertion.bind(posting.minorUnits, at: 4)
      try insertion.bind(posting.currency.code, at: 5)
      try insertion.bind(posting.purpose.rawValue, at: 6)
      try insertion.bind(posting.postedAt.millisecondsSinceEpoch, at: 7)
      try insertion.run()
    }
  }

  /// The postings of a resize in the order they were made.
  func postings(of requestId: String) throws -> [Posting] {
    let rows = try PreparedStatement(
      db,
      """
      SELECT movement_id, account, minor_units, currency, purpose, posted_at FROM ledger
      WHERE resize = (SELECT number FROM resizes WHERE request_id = ?1) ORDER BY number
      """)
    try rows.bind(requestId, at: 1)
    var postings: [Posting] = []
    while try rows.next() {
      guard let currency = Currency(code: rows.text(at: 3)),
        let purpose = Movement.Purpose(rawValue: rows.text(at: 4))
      else { throw unreadable("a posting of \(requestId)", "its currency or purpose is unknown") }
      postings.append(
        Posting(
          movementId: rows.text(at: 0), requestId: requestId, account: rows.text(at: 1),
          minorUnits: rows.integer(at: 2), currency: currency, purpose: purpose,
          postedAt: Moment(millisecondsSinceEpoch: rows.integer(at: 5))))
    }
    return postings
  }
}
