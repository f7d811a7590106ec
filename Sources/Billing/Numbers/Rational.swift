/// A fraction of two 128-bit integers.
///
/// It is brought to lowest terms only where an operation would overflow otherwise, because a
/// common divisor costs more than all the rest of a quote.
struct Rational: ExactNumber {
  let numerator: Int128
  /// Above zero.
  let denominator: Int128

  init(_ numerator: Int128, over denominator: Int128) {
    self.numerator = numerator
    self.denominator = denominator
  }

  var isNegative: Bool { numerator < 0 }
  var isZero: Bool { numerator == 0 }
  var fraction: Fraction { Fraction(self) }

  /// The same number in lowest terms.
  var reduced: Rational {
    let divisor = Int128(greatestCommonDivisor(numerator.magnitude, denominator.magnitude))
    return Rational(numerator / divisor, over: denominator / divisor)
  }

  func adding(_ other: Rational) throws(QuoteRefusal) -> Rational {
    if let sum = plainSum(other) { return sum }
    let left = reduced
    let right = other.reduced
    let common = Int128(
      greatestCommonDivisor(left.denominator.magnitude, right.denominator.magnitude))
    let leftFactor = right.denominator / common
    let rightFactor = left.denominator / common
    return Rational(
      try sum(
        try product(left.numerator, leftFactor), try product(right.numerator, rightFactor)),
      over: try product(left.denominator, leftFactor))
  }

  /// The sum over the product of the denominators; nil on overflow.
  private func plainSum(_ other: Rational) -> Rational? {
    if denominator == other.denominator {
      let (total, overflow) = numerator.addingReportingOverflow(other.numerator)
      return overflow ? nil : Rational(total, over: denominator)
    }
    let (left, leftOverflow) = numerator.multipliedReportingOverflow(by: other.denominator)
    let (right, rightOverflow) = other.numerator.multipliedReportingOverflow(by: denominator)
    let (bottom, bottomOverflow) = denominator.multipliedReportingOverflow(by: other.denominator)
    let (top, topOverflow) = left.addingReportingOverflow(right)
    let overflow = leftOverflow || rightOverflow || bottomOverflow || topOverflow
    return overflow ? nil : Rational(top, over: bottom)
  }

  func negated() throws(QuoteRefusal) -> Rational {
    guard numerator != .min else { throw .numberTooLarge }
    return Rational(-numerator, over: denominator)
  }

  func multiplied(by other: Rational) throws(QuoteRefusal) -> Rational {
    let (top, topOverflow) = numerator.multipliedReportingOverflow(by: other.numerator)
    let (bottom, bottomOverflow) = denominator.multipliedReportingOverflow(by: other.denominator)
    if !topOverflow && !bottomOverflow { return Rational(top, over: bottom) }
    let left = Rational(numerator, over: other.denominator).reduced
    let right = Rational(other.numerator, over: denominator).reduced
    return Rational(
      try product(left.numerator, right.numerator),
      over: try product(left.denominator, right.denominator))
  }

  func divided(by other: Rational) throws(QuoteRefusal) -> Rational {
    try multiplied(by: Rational(other.denominator, over: other.numerator))
  }

  func roundedMagnitude(digits: Int) throws(QuoteRefusal) -> Int64? {
    let factor = UInt128(powerOfTen(digits)) * 2
    let bottom = denominator.magnitude
    let (scaled, scaleOverflow) = numerator.magnitude.multipliedReportingOverflow(by: factor)
    let (top, topOverflow) = scaled.addingReportingOverflow(bottom)
    guard !scaleOverflow, !topOverflow else { throw .numberTooLarge }
    return Int64(exactly: quotientAndRest(top, bottom * 2).quotient)
  }

  func roundedDown() throws(QuoteRefusal) -> Int64? {
    let whole = numerator / denominator
    let isBelow = numerator < 0 && whole * denominator != numerator
    return Int64(exactly: isBelow ? whole - 1 : whole)
  }
}

private func product(_ left: Int128, _ right: Int128) throws(QuoteRefusal) -> Int128 {
  let (result, overflow) = left.multipliedReportingOverflow(by: right)
  guard !overflow else { throw .numberTooLarge }
  return result
}

private func sum(_ left: Int128, _ right: Int128) throws(QuoteRefusal) -> Int128 {
  let (result, overflow) = left.addingReportingOverflow(right)
  guard !overflow else { throw .numberTooLarge }
  return result
}

/// Quotient and rest, by the processor's own division where both numbers fit it.
func quotientAndRest(_ top: UInt128, _ bottom: UInt128) -> (quotient: UInt128, rest: UInt128) {
  if let top = UInt64(exactly: top), let bottom = UInt64(exactly: bottom) {
    let (quotient, rest) = top.quotientAndRemainder(dividingBy: bottom)
    return (UInt128(quotient), UInt128(rest))
  }
  let (quotient, rest) = top.quotientAndRemainder(dividingBy: bottom)
  return (quotient, rest)
}

/// Euclid's algorithm, in 64 bits as soon as both numbers fit; at least 1.
func greatestCommonDivisor(_ left: UInt128, _ right: UInt128) -> UInt128 {
  var (large, small) = left > right ? (left, right) : (right, left)
  while small > UInt128(UInt64.max) {
    (large, small) = (small, large % small)
  }
  guard small != 0 else { return max(large, 1) }
  var largeWord = UInt64(large % small)
  var smallWord = UInt64(small)
  while largeWord != 0 {
    (smallWord, largeWord) = (largeWord, smallWord % largeWord)
  }
  return UInt128(smallWord)
}
