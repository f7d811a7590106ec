import Resizing
import Storage

extension SQLiteStore {
  public func ledgerRows(requestId: String) async throws(StoreError) -> [LedgerRow] {
    try await read { db in try LedgerRows(db).rows(of: requestId) }
  }

  public func ledgerHeads(
    after: LedgerAccount?, limit: Int
  ) async throws(StoreError) -> [LedgerHead] {
    try await read { db in try LedgerHeadRows(db).heads(after: after, limit: limit) }
  }

  public func ledgerPage(
    after: LedgerPlace?, limit: Int
  ) async throws(StoreError) -> LedgerPage {
    try await read { db in
      // One more than asked for tells whether any follow.
      let limit = min(max(limit, 1), .max - 1)
      var rows = try LedgerRows(db).rows(after: after, limit: limit + 1)
      let isLast = rows.count <= limit
      if !isLast { rows.removeLast() }
      // Accounts that are no text stand behind all others, whatever they say.
      let accounts = rows.map(\.entry.account) + (after.map { [$0.account] } ?? [])
      let heads = try LedgerHeadRows(db).heads(
        from: after?.account, through: isLast ? nil : accounts.max())
      return LedgerPage(rows: rows, heads: heads, isLast: isLast)
    }
  }

  public func postedResizes(
    after: Int64, limit: Int
  ) async throws(StoreError) -> [PostedResize] {
    try await read { db in
      let rows = try PreparedStatement(
        db,
        """
        SELECT version, record, request_id, number FROM resizes
        WHERE number > ?1 ORDER BY number LIMIT ?2
        """)
      try rows.bind(after, at: 1)
      try rows.bind(Int64(max(limit, 0)), at: 2)
      var resizes: [PostedResize] = []
      while try rows.next() {
        resizes.append(
          PostedResize(
            number: rows.integer(at: 3), requestId: rows.text(at: 2),
            version: rows.integer(at: 0), record: rows.bytes(at: 1)))
      }
      let ledger = LedgerRows(db)
      for index in resizes.indices {
        resizes[index].rows = try ledger.rows(of: resizes[index].requestId)
      }
      return resizes
    }
  }
}
