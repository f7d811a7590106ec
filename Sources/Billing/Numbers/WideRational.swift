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

  private init(bounded numerator: BigInt, over denominator: BigInt) throws(NumberTooLarge) {
    guard
      numerator.magnitude.bitWidth <= Self.maximumBits,
      denominator.magnitude.bitWidth <= Self.maximumBits
    else { throw NumberTooLarge() }
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

  func adding(_ other: WideRational) throws(NumberTooLarge) -> WideRational {
    let common = BigInt(
      greatestCommonDivisor(denominator.magnitude, other.denominator.magnitude))
    let factor = other.denominator / common
    let otherFactor = denominator / common
    return try WideRational(
      bounded: numerator * factor + other.numerator * otherFactor, over: denominator * factor)
  }

  func subtracting(_ other: WideRational) throws(NumberTooLarge) -> WideRational {
    try adding(WideRational(-other.numerator, over: other.denominator))
  }

  func multiplied(by other: WideRational) throws(NumberTooLarge) -> WideRational {
    try WideRational(
      bounded: numerator * other.numerator, over: denominator * other.denominator)
  }

  func divided(by other: WideRational) throws(NumberTooLarge) -> WideRational {
    try WideRational(
      bounded: numerator * other.denominator, over: denominator * other.numerator)
  }

  func roundedMagnitude(digits: Int) throws(NumberTooLarge) -> Int64? {
    let scaled = BigInt(numerator.magnitude) * BigInt(2 * powerOfTen(digits))
    return Int64(exactly: (scaled + denominator) / (denominator * 2))
  }

  func roundedDown() throws(NumberTooLarge) -> Int64? {
    let (whole, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
    return Int64(exactly: rest.sign == .minus && !rest.isZero ? whole - 1 : whole)
  }
}

/// The common divisor; one division first, because one number is often far smaller.
private func greatestCommonDivisor(_ left: BigUInt, _ right: BigUInt) -> BigUInt {
  let (large, small) = left > right ? (left, right) : (right, left)
  guard !small.isZero else { return large.isZero ? 1 : large }
  return small.greatestCommonDivisor(with: large % small)
}
