extension QuoteRefusal {
  /// A number is beyond what its representation can hold.
  static var numberTooLarge: QuoteRefusal {
    QuoteRefusal(.amountTooLarge, "the exact result has too many digits; check the prices")
  }
}

/// Exact fractions, as far as every formula needs them.
///
/// Formulas are written once, over this protocol. They run on 128-bit numbers, and again on wide
/// ones where those overflow: no operation ever rounds or wraps.
protocol ExactNumber: Sendable {
  /// `numerator` ÷ `denominator`; the denominator is above zero.
  init(_ numerator: Int128, over denominator: Int128)

  func adding(_ other: Self) throws(QuoteRefusal) -> Self
  func negated() throws(QuoteRefusal) -> Self
  func multiplied(by other: Self) throws(QuoteRefusal) -> Self

  /// The quotient; `other` must be above zero.
  func divided(by other: Self) throws(QuoteRefusal) -> Self

  var isNegative: Bool { get }
  var isZero: Bool { get }

  /// The magnitude times 10^`digits`, rounded half up; nil if that does not fit 64 bits.
  func roundedMagnitude(digits: Int) throws(QuoteRefusal) -> Int64?

  /// The largest whole number not above this one; nil if that does not fit 64 bits.
  func roundedDown() throws(QuoteRefusal) -> Int64?

  /// The number for people and records.
  var fraction: Fraction { get }
}

extension ExactNumber {
  static var zero: Self { Self(0, over: 1) }
  static var one: Self { Self(1, over: 1) }

  init(_ whole: Int64) { self.init(Int128(whole), over: 1) }

  init(_ decimal: ExactDecimal) { self.init(decimal.significand, over: decimal.divisor) }

  func subtracting(_ other: Self) throws(QuoteRefusal) -> Self {
    try adding(other.negated())
  }

  /// Whether this is less than `other`.
  func isLess(than other: Self) throws(QuoteRefusal) -> Bool {
    try subtracting(other).isNegative
  }
}
