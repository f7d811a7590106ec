/// Something in the ledger that is not as it was written.
public struct LedgerFinding: Sendable, Equatable {
  public enum Fault: String, Sendable, CaseIterable {
    /// An entry's fields do not give its hash.
    case entryChanged
    /// The entry before this one is not the one this one was written onto.
    case previousEntryChanged
    /// Entries are missing in front of this one.
    case entriesMissing
    /// Another entry stands at the same place, or the place is none.
    case placeTaken
    /// An entry stands where its account, currency and position do not have it: one of them is not of
    /// the type it was written with.
    case outOfOrder
    /// So many entries are out of order that those after them are not reached.
    case entriesUnread
    /// Entries at the end of an account are missing.
    case endMissing
    /// The stored head of an account is not that of its last entry.
    case headChanged
    /// The entries of an account do not add up to its stored balance.
    case balanceDiffers
    /// An entry of a resize that is not there.
    case resizeMissing
    /// The entries of a movement do not add up to zero.
    case movementUnbalanced
    /// The record of the resize says otherwise.
    case recordDiffers
    /// The record of the resize cannot be read.
    case recordUnreadable
    /// What was kept elsewhere says otherwise.
    case keptHeadDiffers
  }

  public var fault: Fault
  public var account: LedgerAccount?
  public var position: Int64?
  /// The row's number within the store.
  public var number: Int64?
  public var movementId: String?
  public var requestId: String?
  public var expected: String
  public var found: String

  init(
    _ fault: Fault, account: LedgerAccount? = nil, position: Int64? = nil, number: Int64? = nil,
    movementId: String? = nil, requestId: String? = nil, expected: String, found: String
  ) {
    self.fault = fault
    self.account = account
    self.position = position
    self.number = number
    self.movementId = movementId
    self.requestId = requestId
    self.expected = expected
    self.found = found
  }

  init(_ fault: Fault, at row: LedgerRow, expected: String, found: String) {
    self.init(
      fault, account: row.entry.account, position: row.entry.position, number: row.number,
      movementId: row.entry.movementId, requestId: row.entry.requestId, expected: expected,
      found: found)
  }
}

extension LedgerFinding: CustomStringConvertible {
  /// One sentence: which row, and what is wrong with it.
  public var description: String {
    var place: [String] = []
    if let number { place.append("row \(number)") }
    if let account { place.append("\(account)" + (position.map { " position \($0)" } ?? "")) }
    if let movementId, !movementId.isEmpty { place.append("movement \(movementId)") }
    if let requestId, !requestId.isEmpty { place.append("request \(requestId)") }
    return place.joined(separator: ", ") + ": \(fault.sentence); expected \(expected), "
      + "found \(found)"
  }
}

extension LedgerFinding.Fault {
  fileprivate var sentence: String {
    switch self {
    case .entryChanged: "the entry was changed, its fields do not give its hash"
    case .previousEntryChanged: "the entry before it was changed or exchanged"
    case .entriesMissing: "entries before it are missing"
    case .placeTaken: "its place in the account is another's"
    case .outOfOrder: "it does not stand where its account and position have it"
    case .entriesUnread: "the chains cannot be followed any further"
    case .endMissing: "entries at the end of the account are missing"
    case .headChanged: "the stored head is not that of the account's last entry"
    case .balanceDiffers: "the account's entries do not add up to its stored balance"
    case .resizeMissing: "its resize is gone"
    case .movementUnbalanced: "debits and credits differ"
    case .recordDiffers: "the record of the resize says otherwise"
    case .recordUnreadable: "the record of the resize cannot be read"
    case .keptHeadDiffers: "the history is not the one whose head was kept"
    }
  }
}
