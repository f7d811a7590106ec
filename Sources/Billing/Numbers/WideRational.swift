import BigInt

/// A fraction of two integers of up to some thousand bits.
///
/// It takes over where `Rational` overflows: many stacked orders of odd lengths have a common
/// denominator beyond 128 bits, yet their exact sum may still be an everyday amount.
struct WideRational: ExactNumber, Hashable {
  /// The most bits of a numerator or denominator; bounds the time a hostile input can take.
  static let maximumBits = 16_384

  let numerator: BigInt
  /// Above zero.
  let denominator: BigInt

  init(_ numerator: Int128, over denominator: Int128) {
    self.numerator = BigInt(numerator)
    self.denominator = BigInt(denominator)
  }

  init(_ numerator: BigInt, over denominator: BigInt) {
    self.numerator = numerator
    self.denominator = denominator
  }

  private init(bounded numerator: BigInt, over denominator: BigInt) throws(QuoteRefusal) {
    guard
      numerator.magnitude.bitWidth <= Self.maximumBits,
      denominator.magnitude.bitWidth <= Self.maximumBits
    else { throw .numberTooLarge }
    self.init(numerator, over: denominator)
  }

  var isNegative: Bool { numerator.sign == .minus && !numerator.isZero }
  var isZero: Bool { numerator.isZero }
  var fraction: Fraction { Fraction(self) }

  /// The same number in lowest terms.
  var reduced: WideRational {
    let divisor = BigInt(greatestCommonDivisor(numerator.magnitude, denominator.magnitude))
    return WideRational(numerator / divisor, over: denominator / divisor)
  }

  /// The same numerator and denominator in 128 bits, where they fit.
  ///
  /// By way of the magnitude: BigInt 6.0.1 converts a negative number of two words to `Int128`
  /// with one lost carry, 2^64 off.
  var narrow: Rational? {
    guard
      let top = UInt128(exactly: numerator.magnitude).flatMap(Int128.init(exactly:)),
      let bottom = UInt128(exactly: denominator.magnitude).flatMap(Int128.init(exactly:))
    else { return nil }
    return Rational(isNegative ? -top : top, over: bottom)
  }

  func adding(_ other: WideRational) throws(QuoteRefusal) -> WideRational {
    let common = BigInt(
      greatestCommonDivisor(denominator.magnitude, other.denominator.magnitude))
    let factor = other.denominator / common
    let otherFactor = denominator / common
    return try WideRational(
      bounded: numerator * factor + other.numerator * otherFactor, over: denominator * factor)
  }

  func negated() throws(QuoteRefusal) -> WideRational {
    WideRational(-numerator, over: denominator)
  }

  func multiplied(by other: WideRational) throws(QuoteRefusal) -> WideRational {
    try WideRational(
      bounded: numerator * other.numerator, over: denominator * other.denominator)
  }

  func divided(by other: WideRational) throws(QuoteRefusal) -> WideRational {
    try WideRational(
      bounded: numerator * other.denominator, over: denominator * other.numerator)
  }

  func roundedMagnitude(digits: Int) throws(QuoteRefusal) -> Int64? {
    let scaled = BigInt(numerator.magnitude) * BigInt(2 * powerOfTen(digits))
    return Int64(exactly: (scaled + denominator) / (denominator * 2))
  }

  func roundedDown() throws(QuoteRefusal) -> Int64? {
    let (whole, rest) = numerator.magnitude.quotientAndRemainder(
      dividingBy: denominator.magnitude)
    let isBelow = isNegative && !rest.isZero
    guard let magnitude = Int64(exactly: isBelow ? whole + 1 : whole) else { return nil }
    return isNegative ? -magnitude : magnitude
  }
}

/// The common divisor; one division first, because one number is often far smaller.
private func greatestCommonDivisor(_ left: BigUInt, _ right: BigUInt) -> BigUInt {
  let (large, small) = left > right ? (left, right) : (right, left)
  guard !small.isZero else { return large.isZero ? 1 : large }
  return small.greatestCommonDivisor(with: large % small)
}
