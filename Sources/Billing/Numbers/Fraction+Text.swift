import BigInt

extension Fraction: LosslessStringConvertible {
  /// Numerator and denominator in lowest terms, such as `1803648/9125`, `0/1` or `-18857/1500`.
  public var description: String {
    guard let narrow else { return wideDescription }
    return String(wording: "\(narrow.numerator)/\(narrow.denominator)")
  }

  /// The same by way of integers of any size.
  var wideDescription: String {
    let number = wide
    return String(number.numerator) + "/" + String(number.denominator)
  }

  /// Reads what `description` prints; nil for anything else or anything needlessly long.
  public init?(_ description: String) {
    var text = description
    let narrow = text.withUTF8 { Rational(characters: $0) }
    if let narrow {
      self.init(lowest: narrow)
    } else {
      self.init(wideText: description)
    }
  }

  /// The same for the characters of a text.
  public init?(characters: UnsafeBufferPointer<UInt8>) {
    if let narrow = Rational(characters: characters) {
      self.init(lowest: narrow)
    } else {
      self.init(wideText: String(decoding: characters, as: UTF8.self))
    }
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
  /// The number as a decimal, rounded down after 8 digits or more and marked by `≈` if it goes on.
  func putDecimal(in text: inout Wording, digits: Int = 8) {
    if let decimal = plain?.decimal(digits: digits) {
      decimal.put(in: &text)
    } else {
      let (decimal, isExact) = wideDecimal(digits: digits)
      text += isExact ? "\(decimal)" : "≈ \(decimal)"
    }
  }

  /// The number for a pocket calculator: a decimal where it ends within 8 digits, else a fraction
  /// in lowest terms where that is short, else a decimal that is cut off.
  ///
  /// - Parameter digits: After how many it is cut off.
  func put(in text: inout Wording, digits: @autoclosure () -> Int = 8) {
    guard !(plain?.decimal()?.isExact ?? wideDecimal().isExact) else {
      return putDecimal(in: &text)
    }
    if let narrow, narrow.textLength <= 25 {
      text.appendInterpolation(narrow.numerator)
      text.appendLiteral("/")
      text.appendInterpolation(narrow.denominator)
    } else {
      putDecimal(in: &text, digits: max(8, digits()))
    }
  }

  /// How many digits stand before the point.
  var wholeDigitCount: Int {
    if let plain { return digitCount(plain.numerator.magnitude / plain.denominator.magnitude) }
    let number = wide
    return String(number.numerator.magnitude / number.denominator.magnitude).count
  }

  /// So many digits after the point, and whether there are no more, by way of integers of any
  /// size.
  func wideDecimal(digits count: Int = 8) -> (text: String, isExact: Bool) {
    let number = wide
    let (digits, rest) = (number.numerator.magnitude * BigUInt(10).power(count))
      .quotientAndRemainder(dividingBy: number.denominator.magnitude)
    let text = String(digits)
    let padded = String(repeating: "0", count: max(0, count + 1 - text.count)) + text
    let fraction = String(padded.suffix(count).reversed().drop { $0 == "0" }.reversed())
    let sign = isNegative ? "-" : ""
    return (sign + padded.dropLast(count) + (fraction.isEmpty ? "" : "." + fraction), rest.isZero)
  }
}

/// A decimal of a few digits after the point, and whether the number it is of has no more.
private struct ShortDecimal {
  var digits: UInt128
  var isNegative: Bool
  var scale: Int
  var isExact: Bool

  func put(in text: inout Wording) {
    if !isExact { text.appendLiteral("≈ ") }
    text.put(digits: digits, isNegative: isNegative, scale: scale)
  }

  /// Takes the zeros at the end away; in 64 bits where the digits fit.
  mutating func shorten() {
    if var word = UInt64(exactly: digits) {
      while scale > 3, word % 10_000 == 0 {
        word /= 10_000
        scale -= 4
      }
      while scale > 0, word % 10 == 0 {
        word /= 10
        scale -= 1
      }
      digits = UInt128(word)
    }
    while scale > 0, digits % 10 == 0 {
      digits /= 10
      scale -= 1
    }
  }
}

extension Rational {
  /// How many bytes numerator, slash and denominator are long.
  fileprivate var textLength: Int {
    (isNegative ? 2 : 1) + digitCount(numerator.magnitude) + digitCount(denominator.magnitude)
  }

  /// As `Fraction.wideDecimal`; nil where that takes more than 128 bits.
  ///
  /// Nearly every number of a quote's lines fits, and integers of any size cost a microsecond for
  /// each number that is printed. It need not be in lowest terms: they have the same digits.
  fileprivate func decimal(digits count: Int = 8) -> ShortDecimal? {
    guard count <= ExactDecimal.maximumFractionDigits else { return nil }
    let power = count == 8 ? 100_000_000 : powerOfTen(count).magnitude
    let (scaled, overflow) = numerator.magnitude.multipliedReportingOverflow(by: power)
    guard !overflow else { return nil }
    let (digits, rest) = quotientAndRest(scaled, denominator.magnitude)
    var decimal = ShortDecimal(
      digits: digits, isNegative: isNegative, scale: count, isExact: rest == 0)
    decimal.shorten()
    return decimal
  }

  /// Reads two whole numbers of at most 19 digits in lowest terms; nil for longer ones, too.
  fileprivate init?(characters: UnsafeBufferPointer<UInt8>) {
    guard let slash = characters.firstIndex(of: UInt8(ascii: "/")) else { return nil }
    guard let numerator = ExactDecimal(characters: .init(rebasing: characters[..<slash])),
      numerator.scale == 0,
      let denominator = ExactDecimal(characters: .init(rebasing: characters[(slash + 1)...])),
      denominator.scale == 0, denominator.significand > 0
    else { return nil }
    self.init(numerator.significand, over: denominator.significand)
    guard greatestCommonDivisor(self.numerator.magnitude, self.denominator.magnitude) == 1
    else { return nil }
  }
}

/// How many decimal digits the number has; 1 for zero.
private func digitCount(_ number: UInt128) -> Int {
  var (count, rest) = (1, number)
  while rest > UInt128(UInt64.max) {
    rest /= 10
    count += 1
  }
  var word = UInt64(rest)
  while word > 9 {
    word /= 10
    count += 1
  }
  return count
}
