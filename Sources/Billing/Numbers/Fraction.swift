import BigInt

/// An exact result: a fraction of any size, printed in lowest terms.
public struct Fraction: Sendable {
  private enum Storage {
    /// Not necessarily in lowest terms.
    case narrow(Rational)
    /// In lowest terms.
    case lowest(Rational)
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
    storage = reduced.narrow.map { .lowest($0) } ?? .wide(reduced)
  }

  /// Whether it is below zero: a refund.
  public var isNegative: Bool {
    switch storage {
    case .narrow(let rational), .lowest(let rational): rational.isNegative
    case .wide(let rational): rational.isNegative
    }
  }

  /// Whether it is zero.
  public var isZero: Bool {
    plain?.isZero ?? false
  }

  /// The same number, brought to lowest terms once for all who ask for its text.
  var inLowestTerms: Fraction {
    guard case .narrow(let rational) = storage else { return self }
    return Fraction(lowest: rational.reduced)
  }

  /// - Parameter rational: Is in lowest terms.
  init(lowest rational: Rational) {
    storage = .lowest(rational)
  }

  /// In lowest terms, of any size.
  var wide: WideRational {
    switch storage {
    case .narrow(let rational):
      let reduced = rational.reduced
      return WideRational(reduced.numerator, over: reduced.denominator)
    case .lowest(let rational):
      return WideRational(rational.numerator, over: rational.denominator)
    case .wide(let rational):
      return rational
    }
  }

  /// Numerator and denominator, not necessarily in lowest terms, where 128 bits hold them.
  var plain: Rational? {
    switch storage {
    case .narrow(let rational), .lowest(let rational): rational
    case .wide: nil
    }
  }

  /// Numerator and denominator in lowest terms, where 128 bits hold them.
  var narrow: Rational? {
    switch storage {
    case .narrow(let rational): rational.reduced
    case .lowest(let rational): rational
    case .wide: nil
    }
  }
}

extension Fraction: Hashable {
  public static func == (left: Fraction, right: Fraction) -> Bool {
    if case .wide(let left) = left.storage, case .wide(let right) = right.storage {
      return left == right
    }
    guard let left = left.narrow, let right = right.narrow else { return false }
    return left.numerator == right.numerator && left.denominator == right.denominator
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(description)
  }
}
