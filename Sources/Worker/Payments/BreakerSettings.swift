import Resizing

/// When payments are taken for failing, and how long they are held then; times in milliseconds.
public struct BreakerSettings: Sendable, Equatable {
  /// Outcomes older than this no longer count.
  public var window: Int64
  /// Opens when at least this many in a hundred outcomes of the window are failures.
  public var failurePercent: Int
  /// Fewer outcomes than this in the window never open it.
  public var minimumOutcomes: Int
  /// How long it stays open; doubles each time a probe fails.
  public var openTime: BackOff
  /// How many payments are let through to see whether the service is back.
  public var probes: Int
  /// How long their answer is waited for.
  public var probeTimeout: Int64

  public init(
    window: Int64 = 60_000, failurePercent: Int = 50, minimumOutcomes: Int = 20,
    openTime: BackOff = BackOff(baseMilliseconds: 30_000, ceilingMilliseconds: 300_000),
    probes: Int = 3, probeTimeout: Int64 = 120_000
  ) {
    self.window = window
    self.failurePercent = failurePercent
    self.minimumOutcomes = minimumOutcomes
    self.openTime = openTime
    self.probes = probes
    self.probeTimeout = probeTimeout
  }
}
