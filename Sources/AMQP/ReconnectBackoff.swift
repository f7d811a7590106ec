/// Exponential back-off with jitter between attempts to connect.
public struct ReconnectBackoff: Sendable, Hashable {
  /// The longest wait before the second attempt.
  public var initial: Duration
  /// The longest wait of all.
  public var maximum: Duration

  public init(initial: Duration = .milliseconds(200), maximum: Duration = .seconds(15)) {
    self.initial = initial
    self.maximum = maximum
  }

  /// The wait after `failures` failed attempts in a row (1 or more): between half of
  /// `initial × 2^(failures − 1)`, capped by ``maximum``, and the whole of it.
  public func wait(
    afterFailures failures: Int, using generator: inout some RandomNumberGenerator
  ) -> Duration {
    let doublings = min(max(failures - 1, 0), 20)
    let whole = min(initial * (1 << doublings), maximum)
    let parts = Int.random(in: 500...1_000, using: &generator)
    return whole * parts / 1_000
  }
}
