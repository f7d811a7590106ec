extension InMemoryStore {
  public func ledgerRows(requestId: String) throws(StoreError) -> [LedgerRow] {
    try requireOpen()
    return ledgerRows.filter { $0.entry.requestId == requestId }
  }

  public func ledgerHeads(
    after: LedgerAccount?, limit: Int
  ) throws(StoreError) -> [LedgerHead] {
    try requireOpen()
    return orderedHeads.filter { head in after.map { $0 < head.account } ?? true }
      .prefix(max(limit, 0)).map { $0 }
  }

  public func ledgerPage(after: LedgerPlace?, limit: Int) throws(StoreError) -> LedgerPage {
    try requireOpen()
    let following = ledgerRows.filter { row in after.map { $0 < LedgerPlace(row) } ?? true }
      .sorted { LedgerPlace($0) < LedgerPlace($1) }
    let rows = Array(following.prefix(max(limit, 1)))
    let isLast = rows.count == following.count
    let end = isLast ? nil : rows.last?.entry.account
    let heads = orderedHeads.filter { head in
      (after.map { $0.account <= head.account } ?? true) && (end.map { head.account <= $0 } ?? true)
    }
    return LedgerPage(rows: rows, heads: heads, isLast: isLast)
  }

  public func postedResizes(
    after: Int64, limit: Int
  ) throws(StoreError) -> [PostedResize] {
    try requireOpen()
    let rowsByRequest = Dictionary(grouping: ledgerRows, by: \.entry.requestId)
    return storedResizes.values.filter { $0.number > after }
      .sorted { $0.number < $1.number }
      .prefix(max(limit, 0))
      .map { stored in
        PostedResize(
          number: stored.number, requestId: stored.resize.requestId,
          record: .success(stored.resize), rows: rowsByRequest[stored.resize.requestId] ?? [])
      }
  }

  private var orderedHeads: [LedgerHead] { heads.values.sorted { $0.account < $1.account } }
}
