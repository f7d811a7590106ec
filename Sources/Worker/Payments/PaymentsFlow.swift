import Resizing

/// Why no payment or refund is asked for.
public enum PaymentsHold: Sendable, Equatable {
  /// The worker has not read yet whether they are paused.
  case unknown
  /// An operator has paused them.
  case paused
  /// The breaker is open, or another worker probes.
  case breaker
}

/// Whether payments and refunds leave the outbox.
enum PaymentsFlow: Equatable {
  case held(PaymentsHold)
  /// This worker lets a few through.
  case probing
  case flowing
}

/// What the timers of payments and refunds may do: a worker that cannot send must not count attempts.
enum PaymentTimers: Equatable {
  /// Nothing; they ring again after their lease.
  case held
  /// So many may ask again, as probes.
  case probes(Int)
  /// All may ask again. Requests may have been held back until `since`: answers have their whole
  /// time from then on.
  case free(since: Moment)
}
