import Billing
import Glibc
import Resizing

extension Moment {
  /// The present, by the system's clock.
  static var now: Moment {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Moment(
      millisecondsSinceEpoch: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
  }
}

extension Instant {
  /// The present, by the system's clock.
  static var now: Instant { Moment.now.instant }
}

/// How many processors this process may use.
var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
