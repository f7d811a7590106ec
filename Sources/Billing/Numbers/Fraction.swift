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
  var wide: WideRational {
    switch storage {
    case .narrow(let rational):
      let reduced = rational.reduced
      return WideRational(reduced.numerator, over: reduced.denominator)
    case .wide(let rational):
      return rational
    }
  }

  /// Numerator and denominator in lowest terms, where 128 bits hold them.
  var narrow: Rational? {
    guard case .narrow(let rational) = storage else { return nil }
    return rational.reduced
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
