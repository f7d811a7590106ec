import Glibc

/// How many files and connections a process may have open at a time.
enum OpenFileLimit {
  /// More than a worker ever needs. Some systems allow a billion, which is no bound any more.
  private static let most: rlim_t = 65_536

  /// Raises this process's own limit as far as the system lets it. Shells and services begin with 1,024
  /// for the sake of programs with `select`, which no part of this one uses.
  static func raise() {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return }
    let wanted = min(limit.rlim_max, most)
    guard limit.rlim_cur < wanted else { return }
    limit.rlim_cur = wanted
    // Refused, what there was goes on to hold.
    setrlimit(resource, &limit)
  }
}
