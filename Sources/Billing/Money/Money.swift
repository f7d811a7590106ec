/// An amount of one currency, as a whole number of its minor units.
public struct Money: Hashable, Sendable {
  /// The currency the amount is in.
  public let currency: Currency

  /// The amount in minor units, such as cents; yen have none, so it is yen.
  public let minorUnits: Int64

  /// An amount of so many minor units.
  public init(minorUnits: Int64, currency: Currency) {
    self.currency = currency
    self.minorUnits = minorUnits
  }

  /// Nothing, in this currency.
  public static func zero(_ currency: Currency) -> Money {
    Money(minorUnits: 0, currency: currency)
  }

  /// Reads a plain decimal, or answers nil if it is not one, has more fraction digits than the
  /// currency, or does not fit a signed 64-bit count of minor units.
  ///
  /// Fewer fraction digits are accepted: `50` dollars are 5,000 cents.
  public init?(value: some StringProtocol, currency: Currency) {
    guard let decimal = ExactDecimal(value) else { return nil }
    self.init(decimal, currency: currency)
  }

  /// The same value in minor units, or nil if it has digits below the minor unit or does not fit.
  public init?(_ decimal: ExactDecimal, currency: Currency) {
    let digits = currency.minorDigits
    guard Int(decimal.scale) <= digits else { return nil }
    let factor = powerOfTen(digits - Int(decimal.scale))
    let (units, overflow) = decimal.significand.multipliedReportingOverflow(by: factor)
    guard !overflow, let minorUnits = Int64(exactly: units) else { return nil }
    self.init(minorUnits: minorUnits, currency: currency)
  }

  /// The value with exactly the currency's digits, such as `197.66`, or `501` for yen.
  public var value: String { String(wording: "\(amount: self)") }
}

extension Money: CustomStringConvertible {
  /// The value and the currency's code, such as `197.66 USD`.
  public var description: String { String(wording: "\(self)") }
}
