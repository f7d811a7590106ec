import GRDB
import Storage

/// Writes and reads where the accounts of the ledger stand.
struct LedgerHeadRows {
  private let db: Database

  init(_ db: Database) { self.db = db }

  /// The heads of these accounts, as far as they have any.
  func heads(of accounts: Set<LedgerAccount>) throws -> [LedgerAccount: LedgerHead] {
    let rows = try PreparedStatement(
      db, LedgerHead.selection + "WHERE account = ?1 AND currency = ?2")
    var heads: [LedgerAccount: LedgerHead] = [:]
    for account in accounts {
      try rows.bind(account.name, at: 1)
      try rows.bind(account.currency, at: 2)
      if try rows.next() { heads[account] = LedgerHead(row: rows) }
      rows.reset()
    }
    return heads
  }

  func write(_ heads: [LedgerHead], over before: [LedgerAccount: LedgerHead]) throws {
    let insertion = try PreparedStatement(
      db,
      """
      INSERT INTO ledger_heads (account, currency, position, balance, hash)
      VALUES (?1, ?2, ?3, ?4, ?5)
      """)
    let update = try PreparedStatement(
      db,
      """
      UPDATE ledger_heads SET position = ?3, balance = ?4, hash = ?5
      WHERE account = ?1 AND currency = ?2
      """)
    for head in heads {
      let statement = before[head.account] == nil ? insertion : update
      try statement.bind(head.account.name, at: 1)
      try statement.bind(head.account.currency, at: 2)
      try statement.bind(head.position, at: 3)
      try statement.bind(head.balance, at: 4)
      try statement.bind(head.hash.bytes, at: 5)
      try statement.run()
    }
  }

  /// The heads after an account, in their order.
  func heads(after account: LedgerAccount?, limit: Int) throws -> [LedgerHead] {
    let rows = try PreparedStatement(
      db,
      LedgerHead.selection
        + "WHERE (account, currency) > (?1, ?2) ORDER BY account, currency LIMIT ?3")
    try rows.bind(account?.name ?? "", at: 1)
    try rows.bind(account?.currency ?? "", at: 2)
    try rows.bind(Int64(max(limit, 0)), at: 3)
    return try all(rows)
  }

  /// The heads from one account to another, both included; to the end where there is no other.
  func heads(from first: LedgerAccount?, through last: LedgerAccount?) throws -> [LedgerHead] {
    let end = last == nil ? "" : "AND (account, currency) <= (?3, ?4) "
    let rows = try PreparedStatement(
      db,
      LedgerHead.selection + "WHERE (account, currency) >= (?1, ?2) \(end)"
        + "ORDER BY account, currency")
    try rows.bind(first?.name ?? "", at: 1)
    try rows.bind(first?.currency ?? "", at: 2)
    if let last {
      try rows.bind(last.name, at: 3)
      try rows.bind(last.currency, at: 4)
    }
    return try all(rows)
  }

  private func all(_ statement: PreparedStatement) throws -> [LedgerHead] {
    var heads: [LedgerHead] = []
    while try statement.next() { heads.append(LedgerHead(row: statement)) }
    return heads
  }
}

extension LedgerHead {
  fileprivate static let selection = """
    SELECT account, currency, position, balance, hash FROM ledger_heads

    """

  fileprivate init(row: PreparedStatement) {
    self.init(
      account: LedgerAccount(name: row.text(at: 0), currency: row.text(at: 1)),
      position: row.integer(at: 2), balance: row.integer(at: 3),
      hash: LedgerHash(bytes: row.bytes(at: 4)))
  }
}
