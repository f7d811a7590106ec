import Glibc

/// Nanoseconds of the system's monotonic clock: what `poll` waits by.
struct MonotonicTime: Comparable, Hashable {
  var nanoseconds: UInt64

  static var now: MonotonicTime {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return MonotonicTime(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
  }

  static func < (one: MonotonicTime, other: MonotonicTime) -> Bool {
    one.nanoseconds < other.nanoseconds
  }

  static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
    MonotonicTime(nanoseconds: time.nanoseconds + UInt64(max(duration.nanoseconds, 0)))
  }

  /// Whole milliseconds until then, rounded up, for `poll`; 0 if it has passed.
  var millisecondsLeft: Int32 {
    let now = MonotonicTime.now
    guard now < self else { return 0 }
    return Int32(clamping: (nanoseconds - now.nanoseconds + 999_999) / 1_000_000)
  }
}

extension Duration {
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return min(seconds, 1_000_000_000) * 1_000_000_000 + attoseconds / 1_000_000_000
  }

  var timeval: Glibc.timeval {
    let total = max(nanoseconds, 1_000_000)
    return Glibc.timeval(
      tv_sec: Int(total / 1_000_000_000), tv_usec: Int(total % 1_000_000_000 / 1_000))
  }
}
