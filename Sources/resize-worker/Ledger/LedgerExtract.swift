import Storage

/// The entries of an account or of a request.
struct LedgerExtract {
  private let store: any Store

  init(of store: any Store) { self.store = store }

  /// The last entries of the account with this name, in every currency it is kept in; where there is
  /// no such account, those of the request with this id.
  func rows(of name: String, limit: Int) async throws -> [LedgerRow] {
    var rows: [LedgerRow] = []
    let heads = try await store.ledgerHeads(
      after: LedgerAccount(name: name, currency: ""), limit: 1_000)
    for head in heads where head.account.name == name {
      let (position, overflow) = head.position.subtractingReportingOverflow(Int64(limit))
      let start = LedgerPlace(
        account: head.account, position: overflow ? .min : position, number: .max)
      rows += try await store.ledgerPage(after: start, limit: limit).rows
        .filter { $0.entry.account == head.account }
    }
    return rows.isEmpty ? try await store.ledgerRows(requestId: name) : rows
  }
}
