/// A decimal number read from text, kept exactly as it was written.
///
/// Every price and every amount of an order is one. The text must be an optional `-`, one to 19
/// ASCII digits without needless leading zeros, as many as ``Money`` can have, and optionally a `.` with one to 18 ASCII digits;
/// anything else (`1e3`, `+1`, `1.`, `.5`, `-0`, ` 1`, full-width digits) is refused.
/// Two decimals are equal if their values are: `1.50` equals `1.5`, though each prints as written.
public struct ExactDecimal: Sendable {
  /// All digits as one integer; the value is `significand` ÷ 10^`scale`.
  public let significand: Int128

  /// How many digits stand after the point: 0 to 18.
  public let scale: UInt8

  /// Zero, without fraction digits.
  public static let zero = ExactDecimal(0)

  /// The most digits before the point: of a count of minor units in 64 bits where the currency has none.
  public static let maximumIntegerDigits = 19

  /// The most digits after the point.
  public static let maximumFractionDigits = 18

  /// A whole number.
  public init(_ value: Int64) {
    significand = Int128(value)
    scale = 0
  }

  init(significand: Int128, scale: UInt8) {
    self.significand = significand
    self.scale = scale
  }

  /// Reads `text`, or answers nil if it is not a plain decimal of at most 19 + 18 digits.
  public init?(_ text: some StringProtocol) {
    self.init(reading: text.utf8)
  }

  /// The same for the characters of a text.
  public init?(characters: UnsafeBufferPointer<UInt8>) {
    self.init(reading: characters)
  }

  private init?(reading characters: some Sequence<UInt8>) {
    var significand: Int128 = 0
    var integerDigits = 0
    var fractionDigits = 0
    var isNegative = false
    var hasPoint = false
    for byte in characters {
      switch byte {
      case UInt8(ascii: "-") where integerDigits == 0 && !isNegative:
        isNegative = true
      case UInt8(ascii: ".") where integerDigits > 0 && !hasPoint:
        hasPoint = true
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if hasPoint {
          fractionDigits += 1
        } else {
          if integerDigits == 1 && significand == 0 { return nil }
          integerDigits += 1
        }
        guard integerDigits <= Self.maximumIntegerDigits,
          fractionDigits <= Self.maximumFractionDigits
        else { return nil }
        // 37 digits fit without overflow: 2^127 has 39.
        significand = significand &* 10 &+ Int128(byte - UInt8(ascii: "0"))
      default:
        return nil
      }
    }
    guard integerDigits > 0, !hasPoint || fractionDigits > 0 else { return nil }
    guard !isNegative || significand != 0 else { return nil }
    self.significand = isNegative ? -significand : significand
    scale = UInt8(fractionDigits)
  }

  /// Whether the value is below zero.
  public var isNegative: Bool { significand < 0 }

  /// Whether the value is zero.
  public var isZero: Bool { significand == 0 }

  /// 10^`scale`: what the significand is divided by.
  var divisor: Int128 { powerOfTen(Int(scale)) }
}

/// 10 to the power of `exponent`, which is 0 to 18.
func powerOfTen(_ exponent: Int) -> Int128 {
  var power: Int64 = 1
  for _ in 0..<exponent { power &*= 10 }
  return Int128(power)
}

extension ExactDecimal: Hashable, Comparable {
  /// The whole part, and the rest in units of 10^-18; together they are the value.
  var parts: (whole: Int128, fraction: Int128) {
    let (whole, rest) = significand.quotientAndRemainder(dividingBy: divisor)
    return (whole, rest * powerOfTen(Self.maximumFractionDigits - Int(scale)))
  }

  public static func == (left: Self, right: Self) -> Bool {
    // Divisions of 128 bits only where the digits do not say it.
    left.scale == right.scale ? left.significand == right.significand : left.parts == right.parts
  }

  public static func < (left: Self, right: Self) -> Bool { left.parts < right.parts }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(parts.whole)
    hasher.combine(parts.fraction)
  }
}

extension ExactDecimal: CustomStringConvertible, LosslessStringConvertible {
  public init?(_ description: String) {
    self.init(reading: description.utf8)
  }

  /// The decimal as it was written, such as `16.80`.
  public var description: String { String(wording: "\(self)") }
}
