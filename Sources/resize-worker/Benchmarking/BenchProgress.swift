import Synchronization
import Worker

/// How many of a run's messages the broker has confirmed, and when and at what cost the last of
/// them was.
final class BenchProgress: Sendable {
  private struct Count {
    var confirmed = 0
    var begin = BenchUsage.now
    var end: BenchUsage?
  }

  let expected: Int
  private let count: Mutex<Count>

  /// - Parameter expected: How many confirms end the run.
  init(expected: Int) {
    self.expected = expected
    count = Mutex(Count())
  }

  var confirmed: Int { count.withLock { $0.confirmed } }

  /// What it took; nil before the end.
  var figure: BenchUsage.Spent? {
    count.withLock { count in count.end.map { $0.since(count.begin) } }
  }

  func begin() { count.withLock { $0.begin = .now } }

  func note(_ event: RelayEvent) {
    guard case .confirmed(let tokens) = event else { return }
    count.withLock { count in
      count.confirmed += tokens.count
      if count.end == nil, count.confirmed >= expected { count.end = .now }
    }
  }
}
