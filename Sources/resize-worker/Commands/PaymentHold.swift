import Resizing
import Storage

/// Why a payment or refund that a worker has asked for may not have left yet: the operators' switch or
/// the breaker keeps it in the outbox.
struct PaymentHold: CustomStringConvertible {
  /// So long after payments are paused every worker knows.
  private static let followingTime: Int64 = 2_000

  /// Whether it was asked for when every worker held payments, so that it cannot have left.
  let isCertain: Bool
  let description: String

  /// - Returns: Nil where nothing is asked for, or nothing keeps it from leaving.
  init?(of resize: Resize, in store: some Store) async throws {
    guard let movement = resize.awaitedMovement, movement.state == .requested else { return nil }
    let switches = try await store.switches()
    let (cause, since, end): (String, Moment?, String)
    if switches.payments.isPaused {
      cause = "payments are \(switches.payments.summary)"
      since = switches.payments.changedAt
      end = "`resize-worker payments resume` goes on"
    } else if switches.breaker.phase == .open {
      cause = "the breaker is \(switches.breaker.summary)"
      since = switches.breaker.since
      end = "it closes when the payment service answers"
    } else {
      return nil
    }
    guard try await store.statistics(now: .now).outboxPayments > 0 else { return nil }
    let asked = try await store.timeline(requestId: resize.requestId).last {
      $0.entry.event.hasSuffix("Requested") && $0.entry.detail?.contains(movement.id) == true
    }
    let known = since?.adding(milliseconds: Self.followingTime)
    isCertain = asked.flatMap { asked in known.map { $0 <= asked.entry.at } } ?? false
    description =
      isCertain
      ? "\(movement.id) (\(movement.amount)), attempt \(movement.attempt), has not left yet: "
        + "\(cause); it leaves by itself then, and no attempt is counted meanwhile: \(end)"
      : "\(cause); if it has not left yet, it does by itself then: \(end)"
  }
}
