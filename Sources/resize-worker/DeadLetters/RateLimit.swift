import Resizing

/// Spreads actions evenly: so many a second, never more, whatever was missed before.
struct RateLimit: Sendable {
  private let perSecond: Int64
  private var start: Moment
  private var count: Int64 = 0

  init(perSecond: Int, from start: Moment) {
    self.perSecond = Int64(max(perSecond, 1))
    self.start = start
  }

  /// Takes the next turn.
  /// - Returns: How many milliseconds to wait for it.
  mutating func turn(at now: Moment) -> Int64 {
    var due = start.adding(milliseconds: count * 1_000 / perSecond)
    if now.millisecondsSinceEpoch - due.millisecondsSinceEpoch > 1_000 {
      // What could not be done for a while is not caught up on.
      start = now
      count = 0
      due = now
    }
    count += 1
    return max(0, due.millisecondsSinceEpoch - now.millisecondsSinceEpoch)
  }
}
