import Resizing
import Storage

/// The circuit breaker over all payments and refunds, as one worker sees it: a value that is told
/// outcomes and proposes moves.
///
/// Settlements are consumed by whichever worker is free, so a worker sees a random share of them,
/// and the answer to a payment of its own comes to another one. Hence the two halves:
///
/// - Outcomes are counted by each worker over its share. A random share has the rate of the whole,
///   so the first worker whose share is large enough and bad enough opens the breaker for all.
/// - The state is one row in the store, moved by compare-and-set and read by every worker every two
///   seconds, with the switches. A breaker of each worker's own would hold a payment here while its
///   time-out, claimed by another worker, burnt the next attempt there; and it would wait for the
///   answers to its probes in vain.
///
/// Closed, it counts. Open, no payment or refund leaves any worker and none of their timers asks
/// again: an attempt that is not sent is no attempt. When its time is over, the first worker that
/// has something to ask for makes it half-open and lets a few through. The first answer decides,
/// whoever gets it: `succeeded` and `declined` close it, `failed` opens it for twice as long, and
/// so does silence.
struct PaymentsBreaker: Sendable {
  let settings: BreakerSettings
  /// As it was last read from the store.
  private(set) var state = BreakerState()
  /// Since when this worker has known `state`, by its own clock; nil before the first.
  private var knownSince: Moment?
  private var window: OutcomeWindow
  /// Outcomes since `state` was last read, and between the two last reads. Those, too, may be
  /// answers to probes that another worker has let through.
  private var fresh = Evidence()
  private var recent = Evidence()

  private struct Evidence {
    var hasAnswer = false
    var hasFailure = false
  }

  init(_ settings: BreakerSettings) {
    self.settings = settings
    window = OutcomeWindow(milliseconds: settings.window)
  }

  /// Takes note of an outcome that is committed.
  mutating func record(_ outcome: PaymentOutcome, at now: Moment) {
    window.record(outcome, at: now)
    switch outcome {
    case .answered: fresh.hasAnswer = true
    case .failed: fresh.hasFailure = true
    // Late from before it opened: silence of a probe shows by the end of its time.
    case .unanswered: break
    }
  }

  /// Keeps the age of what is counted the same, and what has been waited.
  mutating func clockSetBack(by milliseconds: Int64) {
    window.clockSetBack(by: milliseconds)
    knownSince = knownSince?.adding(milliseconds: -milliseconds)
  }

  func counts(at now: Moment) -> OutcomeCounts { window.counts(at: now) }

  /// Follows the state in the store.
  ///
  /// Clocks differ, lengths of time do not: how long a state lasts is measured from when a worker has
  /// read of it. Only one that has just started has to believe the clock of whoever has written it.
  /// - Parameter isOwnMove: Whether it is what this worker has just moved it to; then nothing that
  ///   came before is an answer to a probe.
  mutating func follow(_ stored: BreakerState, isOwnMove: Bool, at now: Moment) {
    if knownSince == nil {
      knownSince = min(stored.since ?? now, now)
    } else if stored.revision != state.revision {
      knownSince = now
    }
    if stored.phase == .closed, state.phase != .closed { window.clear() }
    state = stored
    recent = isOwnMove ? Evidence() : fresh
    fresh = Evidence()
  }

  /// The state that the breaker should move to now; nil where it should stay.
  /// - Parameter hasProbe: Whether this worker holds a payment or refund that it could let through.
  func move(by worker: String, hasProbe: Bool, at now: Moment) -> BreakerState? {
    switch state.phase {
    case .closed:
      let counts = counts(at: now)
      guard counts.total >= settings.minimumOutcomes,
        counts.failed * 100 >= settings.failurePercent * counts.total
      else { return nil }
      return opened(by: worker, counts, at: now)
    case .open:
      guard hasProbe, isOver(at: now) else { return nil }
      var next = state
      next.phase = .halfOpen
      next.worker = worker
      next.since = now
      next.until = now.adding(milliseconds: settings.probeTimeout)
      return next
    case .halfOpen:
      if fresh.hasAnswer || recent.hasAnswer {
        return BreakerState(since: now, worker: worker, revision: state.revision)
      }
      guard fresh.hasFailure || recent.hasFailure || isOver(at: now) else { return nil }
      return opened(
        by: worker, OutcomeCounts(answered: state.outcomes - state.failed, failed: state.failed),
        at: now)
    }
  }

  /// Over is also what no breaker would wait for, and what a clock that was set back has confused.
  private func isOver(at now: Moment) -> Bool {
    guard let since = state.since, let until = state.until, let knownSince else { return true }
    let longest = max(settings.openTime.ceilingMilliseconds, settings.probeTimeout)
    let wait = min(until.millisecondsSinceEpoch - since.millisecondsSinceEpoch, longest)
    let waited = now.millisecondsSinceEpoch - knownSince.millisecondsSinceEpoch
    return waited < 0 || waited >= wait
  }

  private func opened(by worker: String, _ counts: OutcomeCounts, at now: Moment) -> BreakerState {
    let openings = state.openings + 1
    let wait = settings.openTime.longest(afterAttempt: openings)
    return BreakerState(
      phase: .open, since: now, until: now.adding(milliseconds: wait), openings: openings,
      worker: worker, failed: counts.failed, outcomes: counts.total, revision: state.revision)
  }
}
