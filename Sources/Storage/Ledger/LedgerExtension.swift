import Resizing

/// What postings make of the accounts they go to: the entries to be stored, and the new heads.
///
/// The one place where chains grow. An engine reads the heads of the accounts in the transaction
/// that stores both, and refuses two entries at one position of an account: of two that post to one
/// account at once the later one then goes onto the other's entries, or is in conflict and decides
/// again. Accounts do not know of each other, so nothing waits for a chain of the whole ledger.
public struct LedgerExtension: Sendable, Equatable {
  /// In the order of the postings.
  public let entries: [LedgerEntry]
  /// Of the accounts posted to, in their order.
  public let heads: [LedgerHead]

  /// - Parameter heads: Where the accounts stand; an account that is missing has no entries yet.
  /// - Throws: `refused` where a balance or a position exceeds what 64 bits hold.
  public init(
    _ postings: [Posting], onto heads: [LedgerAccount: LedgerHead]
  ) throws(StoreError) {
    var entries: [LedgerEntry] = []
    entries.reserveCapacity(postings.count)
    var extended: [LedgerHead] = []
    var places: [LedgerAccount: Int] = [:]
    for posting in postings {
      let account = posting.ledgerAccount
      let place = places[account] ?? extended.count
      if place == extended.count {
        places[account] = place
        extended.append(heads[account] ?? LedgerHead(of: account))
      }
      let entry = try LedgerEntry(posting, onto: extended[place])
      let (balance, overflow) = extended[place].balance.addingReportingOverflow(posting.minorUnits)
      guard !overflow else {
        throw StoreError(
          .refused, "The balance of \(account) exceeds 64 bits; nothing was written.")
      }
      extended[place].position = entry.position
      extended[place].balance = balance
      extended[place].hash = entry.hash
      entries.append(entry)
    }
    self.entries = entries
    self.heads = extended.indices.sorted { extended[$0].account < extended[$1].account }
      .map { extended[$0] }
  }
}

extension LedgerEntry {
  fileprivate init(_ posting: Posting, onto head: LedgerHead) throws(StoreError) {
    let (position, overflow) = head.position.addingReportingOverflow(1)
    guard !overflow else {
      throw StoreError(
        .refused,
        "The account \(head.account) stands at position \(head.position), which leaves none for "
          + "another entry; nothing was written. See `resize-worker ledger verify`.")
    }
    self.init(
      account: head.account, position: position, movementId: posting.movementId,
      requestId: posting.requestId, minorUnits: posting.minorUnits,
      purpose: posting.purpose.rawValue, postedAt: posting.postedAt, previousHash: head.hash,
      hash: .beforeFirst)
    hash = try computedHash()
  }
}
