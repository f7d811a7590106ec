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
    let amount = LedgerAmount(head.balance, head.account.currency)
    append(
      .init(head.account.name), .init(Int(head.position).grouped), .init(amount.debit),
      .init(amount.credit), .init(head.account.currency))
  }
}

/// The sums of all accounts, currency by currency.
struct LedgerTotals {
  private var heads: [String: LedgerHead] = [:]

  mutating func add(_ head: LedgerHead) {
    let currency = head.account.currency
    var total =
      heads[currency]
      ?? LedgerHead(of: LedgerAccount(name: "all accounts", currency: currency))
    total.position += head.position
    total.balance &+= head.balance
    heads[currency] = total
  }

  /// Balanced books add up to 0 in each.
  var rows: [LedgerHead] { heads.values.sorted { $0.account < $1.account } }
}

/// An amount on the side of an account it stands on.
struct LedgerAmount {
  var debit = ""
  var credit = ""

  init(_ minorUnits: Int64, _ currency: String) {
    let text = Self.text(minorUnits.magnitude, currency)
    if minorUnits < 0 { credit = text } else { debit = text }
  }

  /// The value with as many digits as the currency has; in minor units where it is none.
  private static func text(_ minorUnits: UInt64, _ currency: String) -> String {
    guard let currency = Currency(code: currency), let value = Int64(exactly: minorUnits) else {
      return "\(minorUnits)"
    }
    return "\(Money(minorUnits: value, currency: currency).value)"
  }
}
