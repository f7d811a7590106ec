import BigInt

extension Fraction: LosslessStringConvertible {
  /// Numerator and denominator in lowest terms, such as `1803648/9125`, `0/1` or `-18857/1500`.
  public var description: String {
    guard let narrow else { return wideDescription }
    let numerator = digitText(
      narrow.numerator.magnitude, isNegative: narrow.isNegative, scale: 0)
    return numerator + "/" + digitText(narrow.denominator.magnitude, isNegative: false, scale: 0)
  }

  /// The same by way of integers of any size.
  var wideDescription: String {
    let number = wide
    return String(number.numerator) + "/" + String(number.denominator)
  }

  /// Reads what `description` prints; nil for anything else or anything needlessly long.
  public init?(_ description: String) {
    if let narrow = Rational(description) {
      self.init(narrow)
      return
    }
    self.init(wideText: description)
  }

  /// The same by way of integers of any size.
  init?(wideText description: String) {
    let parts = description.split(separator: "/", omittingEmptySubsequences: false)
    guard
      parts.count == 2, description.utf8.count <= WideRational.maximumBits,
      let numerator = BigInt(parts[0]), let denominator = BigInt(parts[1]), denominator > 0
    else { return nil }
    self.init(WideRational(numerator, over: denominator))
    guard self.description == description else { return nil }
  }
}

extension Fraction {
  /// The number as a decimal, rounded down after 8 digits and marked by `≈` if it goes on.
  var decimalText: String {
    let (decimal, isExact) = narrow?.decimal ?? wideDecimal
    return isExact ? decimal : "≈ " + decimal
  }

  /// The number for a pocket calculator: a decimal where it ends within 8 digits, else a fraction
  /// in lowest terms where that is short, else a decimal that is cut off.
  var text: String {
    let (decimal, isExact) = narrow?.decimal ?? wideDecimal
    if isExact { return decimal }
    let fraction = description
    return fraction.utf8.count <= 25 ? fraction : "≈ " + decimal
  }

  /// The first 8 digits after the point, and whether there are no more.
  var wideDecimal: (text: String, isExact: Bool) {
    let number = wide
    let (digits, rest) = (number.numerator.magnitude * BigUInt(100_000_000))
      .quotientAndRemainder(dividingBy: number.denominator.magnitude)
    let text = String(digits)
    let padded = String(repeating: "0", count: max(0, 9 - text.count)) + text
    let fraction = String(padded.suffix(8).reversed().drop { $0 == "0" }.reversed())
    let sign = isNegative ? "-" : ""
    return (sign + padded.dropLast(8) + (fraction.isEmpty ? "" : "." + fraction), rest.isZero)
  }
}

extension Rational {
  /// As `Fraction.wideDecimal`; nil where that takes more than 128 bits.
  ///
  /// Nearly every number of a quote's lines fits, and integers of any size cost a microsecond for
  /// each number that is printed.
  fileprivate var decimal: (text: String, isExact: Bool)? {
    let (scaled, overflow) = numerator.magnitude.multipliedReportingOverflow(by: 100_000_000)
    guard !overflow else { return nil }
    var (digits, rest) = scaled.quotientAndRemainder(dividingBy: denominator.magnitude)
    var scale = 8
    while scale > 0, let word = UInt64(exactly: digits), word % 10 == 0 {
      digits = UInt128(word / 10)
      scale -= 1
    }
    while scale > 0, digits % 10 == 0 {
      digits /= 10
      scale -= 1
    }
    return (digitText(digits, isNegative: isNegative, scale: scale), rest == 0)
  }

  /// Reads two whole numbers of at most 18 digits in lowest terms; nil for longer ones, too.
  fileprivate init?(_ text: String) {
    let characters = text.utf8
    guard let slash = characters.firstIndex(of: UInt8(ascii: "/")) else { return nil }
    guard let numerator = ExactDecimal(text[..<slash]), numerator.scale == 0,
      let denominator = ExactDecimal(text[characters.index(after: slash)...]),
      denominator.scale == 0, denominator.significand > 0
    else { return nil }
    self.init(numerator.significand, over: denominator.significand)
    guard greatestCommonDivisor(self.numerator.magnitude, self.denominator.magnitude) == 1
    else { return nil }
  }
}
