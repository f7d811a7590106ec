/// A point in time: whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
public struct Instant: Hashable, Sendable {
  /// Seconds since the epoch; negative before it.
  public let secondsSinceEpoch: Int64

  /// The instant so many seconds after the epoch, or the nearest one of the years 0001 to 9999.
  ///
  /// Within those years, which RFC 3339 can write, no difference of instants overflows.
  public init(secondsSinceEpoch: Int64) {
    self.secondsSinceEpoch = min(
      max(secondsSinceEpoch, Self.secondsRange.lowerBound), Self.secondsRange.upperBound)
  }

  /// 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
  static let secondsRange: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
}

extension Instant: Comparable {
  /// Seconds from `start` to `end`.
  static func seconds(from start: Instant, to end: Instant) -> Int64 {
    end.secondsSinceEpoch - start.secondsSinceEpoch
  }

  public static func < (left: Instant, right: Instant) -> Bool {
    left.secondsSinceEpoch < right.secondsSinceEpoch
  }
}
