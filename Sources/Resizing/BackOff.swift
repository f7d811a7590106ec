/// Exponential back-off with full jitter: the wait before attempt n + 1 lies evenly between 0 and `base` × 2^(n − 1), at most `ceiling`.
///
/// The jitter is derived from a key, so that the same attempt of the same payment always waits the same time: a replay is exact,
/// and different payments still spread.
public struct BackOff: Sendable, Equatable {
  public var baseMilliseconds: Int64
  public var ceilingMilliseconds: Int64

  public init(baseMilliseconds: Int64, ceilingMilliseconds: Int64) {
    self.baseMilliseconds = baseMilliseconds
    self.ceilingMilliseconds = ceilingMilliseconds
  }

  /// The longest wait after the given attempt (1 for the first), in milliseconds.
  public func longest(afterAttempt attempt: Int) -> Int64 {
    let doublings = Int64(min(max(attempt - 1, 0), 40))
    let (product, overflow) = baseMilliseconds.multipliedReportingOverflow(by: 1 << doublings)
    return overflow ? ceilingMilliseconds : min(product, ceilingMilliseconds)
  }

  /// The wait after the given attempt, in milliseconds.
  public func wait(afterAttempt attempt: Int, key: String) -> Int64 {
    let longest = longest(afterAttempt: attempt)
    guard longest > 0 else { return 0 }
    return Int64(hash(key, attempt) % UInt64(longest + 1))
  }

  /// FNV-1a over the key, stirred with the attempt (the finalizer of SplitMix64).
  private func hash(_ key: String, _ attempt: Int) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash &+= UInt64(bitPattern: Int64(attempt)) &* 0x9e37_79b9_7f4a_7c15
    hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
    hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
    return hash ^ (hash >> 31)
  }
}
