import BigInt

/// An exact result: a fraction of any size, printed in lowest terms.
public struct Fraction: Sendable {
  private enum Storage {
    /// Not necessarily in lowest terms.
    case narrow(Rational)
    /// In lowest terms, and too large to be narrow.
    indirect case wide(WideRational)
  }

  private let storage: Storage

  /// 0/1.
  public static let zero = Fraction(Rational(0, over: 1))

  init(_ rational: Rational) {
    storage = .narrow(rational)
  }

  init(_ rational: WideRational) {
    let reduced = rational.reduced
    storage = reduced.narrow.map { .narrow($0) } ?? .wide(reduced)
  }

  /// Whether it is below zero: a refund.
  public var isNegative: Bool {
    switch storage {
    case .narrow(let rational): rational.isNegative
    case .wide(let rational): rational.isNegative
    }
  }

  /// Whether it is zero.
  public var isZero: Bool {
    guard case .narrow(let rational) = storage else { return false }
    return rational.isZero
  }

  /// In lowest terms, of any size.
  private var wide: WideRational {
    switch storage {
    case .narrow(let rational):
      let reduced = rational.reduced
      return WideRational(reduced.numerator, over: reduced.denominator)
    case .wide(let rational):
      return rational
    }
  }

  /// The number as a decimal, rounded down after 8 digits and marked by `≈` if it goes on.
  var decimalText: String {
    let number = wide
    let denominator = number.denominator.magnitude
    let (digits, rest) = (number.numerator.magnitude * BigUInt(100_000_000))
      .quotientAndRemainder(dividingBy: denominator)
    let text = String(digits)
    let padded = String(repeating: "0", count: max(0, 9 - text.count)) + text
    let fraction = String(padded.suffix(8).reversed().drop { $0 == "0" }.reversed())
    let sign = isNegative ? "-" : ""
    let decimal = sign + padded.dropLast(8) + (fraction.isEmpty ? "" : "." + fraction)
    return rest.isZero ? decimal : "≈ " + decimal
  }

  /// The number for a pocket calculator: a decimal where it ends within 8 digits, else a fraction
  /// in lowest terms where that is short, else a decimal that is cut off.
  var text: String {
    let decimal = decimalText
    return decimal.hasPrefix("≈") && description.utf8.count <= 25 ? description : decimal
  }
}

extension Fraction: Hashable {
  public static func == (left: Fraction, right: Fraction) -> Bool {
    switch (left.storage, right.storage) {
    case (.narrow(let left), .narrow(let right)):
      let (left, right) = (left.reduced, right.reduced)
      return left.numerator == right.numerator && left.denominator == right.denominator
    case (.wide(let left), .wide(let right)):
      return left == right
    default:
      return false
    }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(description)
  }
}

extension Fraction: LosslessStringConvertible {
  /// Numerator and denominator in lowest terms, such as `1803648/9125`, `0/1` or `-18857/1500`.
  public var description: String {
    let number = wide
    return String(number.numerator) + "/" + String(number.denominator)
  }

  /// Reads what `description` prints; nil for anything else or anything needlessly long.
  public init?(_ description: String) {
    let parts = description.split(separator: "/", omittingEmptySubsequences: false)
    guard
      parts.count == 2, description.utf8.count <= WideRational.maximumBits,
      let numerator = BigInt(parts[0]), let denominator = BigInt(parts[1]), denominator > 0
    else { return nil }
    self.init(WideRational(numerator, over: denominator))
    guard self.description == description else { return nil }
  }
}
