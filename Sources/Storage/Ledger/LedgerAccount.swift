/// An account of the ledger: it is kept in one currency.
public struct LedgerAccount: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Such as `cash:tenant-acme`.
  public var name: String
  /// The ISO 4217 code, as it is stored.
  public var currency: String

  public init(name: String, currency: String) {
    self.name = name
    self.currency = currency
  }

  public var description: String { "\(name) \(currency)" }

  /// By the bytes of the name, then of the currency, which is the order of every engine.
  public static func < (left: Self, right: Self) -> Bool {
    left.name == right.name
      ? left.currency.bytesPrecede(right.currency) : left.name.bytesPrecede(right.name)
  }
}

extension String {
  /// Whether its bytes come before those of another. Each batch sorts its accounts, and a text that is asked for byte by byte takes
  /// several times as long.
  fileprivate func bytesPrecede(_ other: String) -> Bool {
    var (these, those) = (self, other)
    return these.withUTF8 { these in those.withUTF8 { these.lexicographicallyPrecedes($0) } }
  }
}

/// Where an account stands: what its next entry goes onto.
///
/// Written with the entries in one transaction, so that entries cut off an account's end show.
public struct LedgerHead: Sendable, Equatable {
  public var account: LedgerAccount
  /// The position of the last entry, which is also how many there are; 0 without any.
  public var position: Int64
  /// The sum of the entries in minor units of the currency; positive is a debit.
  public var balance: Int64
  /// The hash of the last entry.
  public var hash: LedgerHash

  public init(account: LedgerAccount, position: Int64, balance: Int64, hash: LedgerHash) {
    self.account = account
    self.position = position
    self.balance = balance
    self.hash = hash
  }

  /// An account without entries.
  public init(of account: LedgerAccount) {
    self.init(account: account, position: 0, balance: 0, hash: .beforeFirst)
  }
}
