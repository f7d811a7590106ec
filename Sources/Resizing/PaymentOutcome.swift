/// What one attempt of a payment or refund says about the payment service.
public enum PaymentOutcome: String, Sendable, CaseIterable {
  /// It has answered for good: succeeded or declined. To decline is an answer, not a failure.
  case answered
  /// It has answered that it could not do it this time.
  case failed
  /// It has not answered in time.
  case unanswered
}

extension TimelineEntry {
  /// What the entry says about the payment service; nil where it tells of something else.
  ///
  /// Taken from the timeline since an answer that comes twice stands there once.
  public var paymentOutcome: PaymentOutcome? {
    // Every entry is asked: what most of them tell comes first.
    guard event != state.rawValue else { return nil }
    return switch event {
    case "paymentRequested", "refundRequested": nil
    case "paymentSucceeded", "paymentDeclined", "refundSucceeded", "refundDeclined": .answered
    case "paymentFailed", "refundFailed": .failed
    case "paymentUnanswered", "refundUnanswered": .unanswered
    default: nil
    }
  }
}
