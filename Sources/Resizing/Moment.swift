import Billing

/// A point in time in whole milliseconds since the epoch, UTC: what the worker's timers and its timeline count in.
///
/// Billing counts in whole seconds (`Instant`); `instant` rounds down to them.
public struct Moment: Sendable, Hashable, Comparable {
  public var millisecondsSinceEpoch: Int64

  public init(millisecondsSinceEpoch: Int64) {
    self.millisecondsSinceEpoch = millisecondsSinceEpoch
  }

  public init(_ instant: Instant) {
    self.millisecondsSinceEpoch = instant.secondsSinceEpoch * 1_000
  }

  public var instant: Instant {
    let seconds = millisecondsSinceEpoch.quotientRoundedDown(by: 1_000)
    return Instant(secondsSinceEpoch: seconds)
  }

  public static func < (left: Moment, right: Moment) -> Bool {
    left.millisecondsSinceEpoch < right.millisecondsSinceEpoch
  }

  /// The moment so many milliseconds later; stops at the last moment that can be told.
  public func adding(milliseconds: Int64) -> Moment {
    let (sum, overflow) = millisecondsSinceEpoch.addingReportingOverflow(milliseconds)
    return Moment(millisecondsSinceEpoch: overflow ? .max : sum)
  }
}

extension Int64 {
  fileprivate func quotientRoundedDown(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
