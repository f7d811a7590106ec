/// Why a payment or refund is not asked for again at an operator's word.
public struct RetryRefusal: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable, CaseIterable {
    /// The resize has ended, and no refund is owed.
    case ended = "Ended"
    /// The control plane's answer is awaited, not the payment service's.
    case applying = "Applying"
    /// It was asked for, and there is time left for the answer.
    case answerAwaited = "AnswerAwaited"
    /// An operator has asked for it already, and no worker has come to it yet.
    case retrying = "AlreadyRetrying"
  }

  public var code: Code
  /// For people.
  public var message: String

  public var description: String { "\(code.rawValue): \(message)" }
}

extension Resize {
  /// The payment or refund that the resize waits for; nil where it waits for none.
  public var awaitedMovement: Movement? {
    if state == .awaitingPayment { return payment }
    guard let refund, refund.state != .succeeded else { return nil }
    return refund
  }
}

extension ResizeMachine {
  /// Has a payment or refund asked for again at an operator's word, under the same idempotency key.
  ///
  /// Its timer becomes due at once; what it then asks for is an attempt like any other, but not one
  /// that the number of attempts forbids. That is for payments and refunds in back-off, those whose
  /// answer is overdue, and those flagged for attention.
  /// - Throws: Why there is nothing to ask for.
  public static func retry(
    _ resize: Resize, now: Moment
  ) throws(RetryRefusal) -> Decision {
    guard var movement = resize.awaitedMovement else { throw resize.nothingAwaited }
    switch movement.state {
    case .retrying:
      throw RetryRefusal(
        code: .retrying,
        message: "\(movement.id) is due already; it is asked for by the next worker that may")
    case .requested where resize.attention == nil:
      if let dueAt = resize.dueAt, dueAt > now {
        throw RetryRefusal(
          code: .answerAwaited,
          message: "\(movement.id) was asked for, attempt \(movement.attempt); "
            + "its answer is waited for until \(dueAt.instant.rfc3339)")
      }
    case .requested, .backingOff, .succeeded, .declined, .voided:
      break
    }
    var resize = resize
    movement.state = .retrying
    if resize.state == .awaitingPayment {
      resize.payment = movement
    } else {
      resize.refund = movement
    }
    resize.dueAt = now
    resize.updatedAt = now
    let entry = TimelineEntry(
      requestId: resize.requestId, at: now, event: "retryRequested", state: resize.state,
      detail: movement.id)
    return Decision(resize: resize, timeline: [entry])
  }

  /// Gives the answer to a payment or refund its whole time once more, where the request may have
  /// been held back and left only at `askedSince`: an attempt that was not sent is no attempt.
  /// - Returns: Nil where the time is over all the same, or no answer is waited for.
  public func waitLonger(_ resize: Resize, askedSince: Moment, now: Moment) -> Decision? {
    guard resize.awaitedMovement?.state == .requested else { return nil }
    let answerBy = askedSince.adding(milliseconds: rules.settlementTimeout)
    guard now < answerBy else { return nil }
    var resize = resize
    resize.dueAt = answerBy
    return Decision(resize: resize)
  }
}

extension Resize {
  fileprivate var nothingAwaited: RetryRefusal {
    if state.isEnd {
      return RetryRefusal(
        code: .ended, message: "resize \(requestId) has ended (\(state.rawValue)), nothing is owed")
    }
    return RetryRefusal(
      code: .applying,
      message: "resize \(requestId) is being applied; no payment or refund is waited for")
  }
}
