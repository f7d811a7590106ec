import Billing
import Storage

extension TextTable {
  /// Entries as a bookkeeper reads them.
  init(of rows: [LedgerRow]) {
    self.init(
      .init("ACCOUNT"), .init("POSITION", .right, leftOut: 1), .init("POSTED", leftOut: 3),
      .init("MOVEMENT", leftOut: 4), .init("DEBIT", .right), .init("CREDIT", .right),
      .init("CURRENCY"), .init("FOR", leftOut: 2), .init("REQUEST"))
    for row in rows {
      let entry = row.entry
      let amount = LedgerAmount(entry.minorUnits, entry.account.currency)
      append(
        .init(entry.account.name), .init("\(entry.position)"),
        .init(entry.postedAt.instant.rfc3339), .init(entry.movementId), .init(amount.debit),
        .init(amount.credit), .init(entry.account.currency), .init(entry.purpose),
        .init(entry.requestId))
    }
  }

  /// Where an account stands.
  mutating func append(_ head: LedgerHead) {
    append(
      head.account.name, entries: head.position, balance: head.balance, head.account.currency)
  }

  /// What all accounts add up to.
  mutating func append(_ totals: LedgerTotals) {
    for (currency, total) in totals.byCurrency.sorted(by: { $0.key < $1.key }) {
      append("all accounts", entries: total.entries, balance: total.balance, currency)
    }
  }

  private mutating func append(
    _ name: String, entries: some BinaryInteger, balance: some BinaryInteger, _ currency: String
  ) {
    let amount = LedgerAmount(balance, currency)
    append(
      .init(name), .init(entries.grouped), .init(amount.debit), .init(amount.credit),
      .init(currency))
  }
}

/// The sums of all accounts, currency by currency.
struct LedgerTotals {
  /// As wide as no sum exceeds, whatever somebody has written into the heads.
  struct Total {
    var entries: Int128 = 0
    /// Balanced books add up to 0.
    var balance: Int128 = 0
  }

  private(set) var byCurrency: [String: Total] = [:]

  mutating func add(_ head: LedgerHead) {
    byCurrency[head.account.currency, default: Total()].entries += Int128(head.position)
    byCurrency[head.account.currency, default: Total()].balance += Int128(head.balance)
  }
}

/// An amount on the side of an account it stands on.
struct LedgerAmount {
  var debit = ""
  var credit = ""

  init(_ minorUnits: some BinaryInteger, _ currency: String) {
    let text = Self.text(minorUnits.magnitude, currency)
    if minorUnits < 0 { credit = text } else { debit = text }
  }

  /// The value with as many digits as the currency has; in minor units where it is none, or where they
  /// exceed 64 bits.
  private static func text(_ minorUnits: some BinaryInteger, _ currency: String) -> String {
    guard let currency = Currency(code: currency), let value = Int64(exactly: minorUnits) else {
      return "\(minorUnits)"
    }
    return "\(Money(minorUnits: value, currency: currency).value)"
  }
}
