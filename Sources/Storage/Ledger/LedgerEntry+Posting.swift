import Billing
import Resizing

extension Posting {
  /// The account it goes to.
  public var ledgerAccount: LedgerAccount {
    LedgerAccount(name: account, currency: currency.code)
  }

  /// The posting an entry was made of; nil where its currency or purpose is none.
  public init?(_ entry: LedgerEntry) {
    guard let currency = Currency(code: entry.account.currency),
      let purpose = Movement.Purpose(rawValue: entry.purpose)
    else { return nil }
    self.init(
      movementId: entry.movementId, requestId: entry.requestId, account: entry.account.name,
      minorUnits: entry.minorUnits, currency: currency, purpose: purpose, postedAt: entry.postedAt)
  }
}
