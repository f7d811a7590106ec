import Synchronization

/// Keeps the sessions of a store from asking a server that is gone again and again: after each failed
/// attempt to connect, calls fail at once for a while that doubles.
final class ReconnectPause: Sendable {
  private struct State {
    var failures = 0
    var until: ContinuousClock.Instant?
    var reason: PostgresError?
  }

  /// Shorter than a worker waits between two attempts, so that none of its own is in vain for long.
  static let longest = Duration.seconds(2)

  private let state = Mutex(State())
  private let now: @Sendable () -> ContinuousClock.Instant

  init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) { self.now = now }

  /// - Throws: Why the last attempt failed, while the pause lasts.
  func requireOver() throws(PostgresError) {
    let now = now()
    let reason = state.withLock { state in
      state.until.flatMap { now < $0 ? state.reason : nil }
    }
    if let reason { throw reason }
  }

  /// An attempt has failed. Jitter keeps workers that lost the server together from coming back together.
  func begin(after error: PostgresError) {
    let now = now()
    let share = Int.random(in: 500...1_000)
    state.withLock { state in
      let whole = min(.milliseconds(100) * (1 << min(state.failures, 10)), Self.longest)
      state.failures += 1
      state.until = now + whole * share / 1_000
      state.reason = error
    }
  }

  /// An attempt has succeeded.
  func end() { state.withLock { $0 = State() } }
}
