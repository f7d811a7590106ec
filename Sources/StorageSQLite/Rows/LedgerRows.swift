import Billing
import GRDB
import Resizing
import Storage

/// Appends to the ledger and reads it.
struct LedgerRows {
  private let db: Database

  init(_ db: Database) { self.db = db }

  func append(_ postings: [Posting], _ numbers: inout ResizeNumbers) throws {
    guard !postings.isEmpty else { return }
    let heads = LedgerHeadRows(db)
    let before = try heads.heads(of: Set(postings.map(\.ledgerAccount)))
    let ledger = try LedgerExtension(postings, onto: before)
    try append(ledger.entries, &numbers)
    try heads.write(ledger.heads, over: before)
  }

  private func append(_ entries: [LedgerEntry], _ numbers: inout ResizeNumbers) throws {
    let insertion = try PreparedStatement(
      db,
      """
      INSERT OR FAIL INTO ledger
        (resize, movement_id, account, minor_units, currency, purpose, posted_at, position,
          previous_hash, hash)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
      """)
    for entry in entries {
      try insertion.bind(numbers.number(of: entry.requestId), at: 1)
      try insertion.bind(entry.movementId, at: 2)
      try insertion.bind(entry.account.name, at: 3)
      try insertion.bind(entry.minorUnits, at: 4)
      try insertion.bind(entry.account.currency, at: 5)
      try insertion.bind(entry.purpose, at: 6)
      try insertion.bind(entry.postedAt.millisecondsSinceEpoch, at: 7)
      try insertion.bind(entry.position, at: 8)
      try insertion.bind(entry.previousHash.bytes, at: 9)
      try insertion.bind(entry.hash.bytes, at: 10)
      try insertion.run()
    }
  }

  /// The rows of a resize in the order they were made.
  func rows(of requestId: String) throws -> [LedgerRow] {
    let rows = try PreparedStatement(
      db,
      LedgerRow.selection + """
        WHERE ledger.resize = (SELECT resize FROM requests WHERE requests.request_id = ?1)
        ORDER BY ledger.number
        """)
    try rows.bind(requestId, at: 1)
    return try all(rows)
  }

  /// Up to `limit` rows after a place, by account, currency, position and number.
  func rows(after place: LedgerPlace?, limit: Int) throws -> [LedgerRow] {
    let rows = try PreparedStatement(
      db,
      LedgerRow.selection + """
        WHERE (account, currency, position, ledger.number) > (?1, ?2, ?3, ?4)
        ORDER BY account, currency, position, ledger.number LIMIT ?5
        """)
    try rows.bind(place?.account.name ?? "", at: 1)
    try rows.bind(place?.account.currency ?? "", at: 2)
    try rows.bind(place?.position ?? .min, at: 3)
    try rows.bind(place?.number ?? .min, at: 4)
    try rows.bind(Int64(limit), at: 5)
    return try all(rows)
  }

  private func all(_ statement: PreparedStatement) throws -> [LedgerRow] {
    var rows: [LedgerRow] = []
    while try statement.next() { rows.append(LedgerRow(row: statement)) }
    return rows
  }
}

extension LedgerRow {
  /// The columns that `init(row:)` reads.
  fileprivate static let selection = """
    SELECT ledger.number, account, currency, position, movement_id, request_id, minor_units,
      purpose, posted_at, previous_hash, hash
    FROM ledger LEFT JOIN resizes ON resizes.number = ledger.resize

    """

  fileprivate init(row: PreparedStatement) {
    self.init(
      number: row.integer(at: 0),
      entry: LedgerEntry(
        account: LedgerAccount(name: row.text(at: 1), currency: row.text(at: 2)),
        position: row.integer(at: 3), movementId: row.text(at: 4), requestId: row.text(at: 5),
        minorUnits: row.integer(at: 6), purpose: row.text(at: 7),
        postedAt: Moment(millisecondsSinceEpoch: row.integer(at: 8)),
        previousHash: LedgerHash(bytes: row.bytes(at: 9)),
        hash: LedgerHash(bytes: row.bytes(at: 10))))
  }
}
