/// A point in time: whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
public struct Instant: Hashable, Sendable {
  /// Seconds since the epoch; negative before it.
  public let secondsSinceEpoch: Int64

  /// The instant so many seconds after the epoch.
  public init(secondsSinceEpoch: Int64) {
    self.secondsSinceEpoch = secondsSinceEpoch
  }

  /// 0001-01-01T00:00:00Z, the first instant RFC 3339 text is read for.
  public static let earliest = Instant(secondsSinceEpoch: -62_135_596_800)

  /// 9999-12-31T23:59:59Z, the last instant that can be written.
  public static let latest = Instant(secondsSinceEpoch: 253_402_300_799)
}

extension Instant: Comparable {
  public static func < (left: Instant, right: Instant) -> Bool {
    left.secondsSinceEpoch < right.secondsSinceEpoch
  }
}
