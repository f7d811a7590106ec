import Resizing

/// A posting at its place in the chain of its account.
///
/// Every field is as it is stored, even where it says nonsense: whoever verifies a ledger must be
/// able to read what somebody has made of it.
public struct LedgerEntry: Sendable, Equatable {
  public var account: LedgerAccount
  /// Counts the entries of the account from 1.
  public var position: Int64
  public var movementId: String
  public var requestId: String
  /// Minor units of the account's currency; positive debits the account.
  public var minorUnits: Int64
  /// Of `Movement.Purpose`.
  public var purpose: String
  public var postedAt: Moment
  /// The hash of the entry before it in the account.
  public var previousHash: LedgerHash
  /// Over all other fields, see `computedHash`.
  public var hash: LedgerHash

  public init(
    account: LedgerAccount, position: Int64, movementId: String, requestId: String,
    minorUnits: Int64, purpose: String, postedAt: Moment, previousHash: LedgerHash,
    hash: LedgerHash
  ) {
    self.account = account
    self.position = position
    self.movementId = movementId
    self.requestId = requestId
    self.minorUnits = minorUnits
    self.purpose = purpose
    self.postedAt = postedAt
    self.previousHash = previousHash
    self.hash = hash
  }
}

/// An entry as it is stored, with its number within the store.
public struct LedgerRow: Sendable, Equatable {
  public var number: Int64
  public var entry: LedgerEntry

  public init(number: Int64, entry: LedgerEntry) {
    self.number = number
    self.entry = entry
  }
}
