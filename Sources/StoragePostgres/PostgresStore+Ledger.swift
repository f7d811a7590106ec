import Resizing
import Storage

extension PostgresStore {
  public func ledgerRows(requestId: String) async throws(StoreError) -> [LedgerRow] {
    try await view([Statement.ledgerRows(of: requestId)]) { answers in
      answers[0].map(LedgerRow.init)
    }
  }

  public func ledgerHeads(
    after: LedgerAccount?, limit: Int
  ) async throws(StoreError) -> [LedgerHead] {
    try await view([Statement.ledgerHeads(after: after, limit: limit)]) { answers in
      answers[0].map(LedgerHead.init)
    }
  }

  public func ledgerPage(
    after: LedgerPlace?, limit: Int
  ) async throws(StoreError) -> LedgerPage {
    let limit = min(max(limit, 1), .max - 1)
    // One more than asked for tells whether any follow.
    let calls = [
      Statement.ledgerRows(after: after, limit: limit + 1),
      Statement.headsOfPage(after: after, limit: limit),
    ]
    return try await view(calls.onOneSnapshot) { answers in
      LedgerPage(
        rows: answers[1].prefix(limit).map(LedgerRow.init), heads: answers[2].map(LedgerHead.init),
        isLast: answers[1].count <= limit)
    }
  }

  public func postedResizes(
    after: Int64, limit: Int
  ) async throws(StoreError) -> [PostedResize] {
    let calls = Statement.postedResizes(after: after, limit: limit)
    return try await view(calls.onOneSnapshot) { answers in
      let rows = Dictionary(grouping: answers[2].map(LedgerRow.init), by: \.entry.requestId)
      return answers[1].map { row in
        PostedResize(
          number: row.integer(at: 3), requestId: row.text(at: 0), version: row.integer(at: 1),
          record: row.bytes(at: 2), rows: rows[row.text(at: 0)] ?? [])
      }
    }
  }
}
