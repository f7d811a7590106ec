/// An amount as a request states it: a currency code that may be unknown, and a decimal.
///
/// Vouchers and limits arrive like this, so that a wrong currency can be answered with
/// `CurrencyMismatch` instead of being unreadable.
public struct StatedAmount: Hashable, Sendable {
  /// The code as it was written; not necessarily of ISO 4217.
  public var currency: String

  /// The value in major units, such as 197.66.
  public var value: ExactDecimal

  /// An amount of `value` in the currency with this code.
  public init(currency: String, value: ExactDecimal) {
    self.currency = currency
    self.value = value
  }

  /// The same amount of money, stated.
  public init(_ money: Money) {
    currency = money.currency.code
    value = ExactDecimal(
      significand: Int128(money.minorUnits), scale: UInt8(money.currency.minorDigits))
  }
}
