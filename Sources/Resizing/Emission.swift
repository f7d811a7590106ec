import Billing

/// What is told about a resize on the result exchange (`resize.status.v1`).
///
/// A value that is shared, not copied, from hand to hand.
public final class StatusReport: Sendable, Equatable {
  public let requestId: String
  public let tenantId: String
  public let instanceId: String
  public let status: ResizeState
  /// Counts the statuses of one resize from 1; 0 answers a message that does not belong to its course, e.g. a mismatch.
  public let sequence: Int
  /// Tells answers with sequence 0 apart; nil otherwise.
  public let answerTo: String?
  public let reason: Reason?
  public let attention: Reason?
  public let assessment: Assessment?

  public init(
    requestId: String, tenantId: String, instanceId: String, status: ResizeState, sequence: Int,
    answerTo: String?, reason: Reason?, attention: Reason?, assessment: Assessment?
  ) {
    self.requestId = requestId
    self.tenantId = tenantId
    self.instanceId = instanceId
    self.status = status
    self.sequence = sequence
    self.answerTo = answerTo
    self.reason = reason
    self.attention = attention
    self.assessment = assessment
  }

  /// The status of a resize as it stands.
  public init(of resize: borrowing Resize) {
    requestId = resize.request.requestId
    tenantId = resize.request.tenantId
    instanceId = resize.request.instanceId
    status = resize.state
    sequence = resize.sequence
    answerTo = nil
    reason = resize.reason
    attention = resize.attention
    assessment = resize.assessment
  }

  /// A rejection outside the course of any resize.
  public convenience init(
    rejecting requestId: String, tenantId: String, instanceId: String, answerTo: String,
    reason: Reason
  ) {
    self.init(
      requestId: requestId, tenantId: tenantId, instanceId: instanceId, status: .rejected,
      sequence: 0, answerTo: answerTo, reason: reason, attention: nil, assessment: nil)
  }

  public static func == (left: StatusReport, right: StatusReport) -> Bool {
    left === right
      || left.requestId == right.requestId && left.tenantId == right.tenantId
        && left.instanceId == right.instanceId && left.status == right.status
        && left.sequence == right.sequence && left.answerTo == right.answerTo
        && left.reason == right.reason && left.attention == right.attention
        && left.assessment == right.assessment
  }
}

/// A payment or refund as it is asked for (`payment.requested.v1`, `refund.requested.v1`).
///
/// A value that is shared, not copied, from hand to hand.
public final class MovementRequest: Sendable, Equatable {
  public let movement: Movement
  public let requestId: String
  public let tenantId: String
  public let instanceId: String
  /// When the answer is late and the same is asked again.
  public let answerBy: Moment
  /// One sentence for the customer's statement.
  public let description: String
  public let lines: QuoteLines
  /// The payment that a compensating refund gives back.
  public let refundedPaymentId: String?

  public init(
    movement: Movement, requestId: String, tenantId: String, instanceId: String,
    answerBy: Moment, description: String, lines: QuoteLines, refundedPaymentId: String? = nil
  ) {
    self.movement = movement
    self.requestId = requestId
    self.tenantId = tenantId
    self.instanceId = instanceId
    self.answerBy = answerBy
    self.description = description
    self.lines = lines
    self.refundedPaymentId = refundedPaymentId
  }

  public static func == (left: MovementRequest, right: MovementRequest) -> Bool {
    left === right
      || left.movement == right.movement && left.requestId == right.requestId
        && left.tenantId == right.tenantId && left.instanceId == right.instanceId
        && left.answerBy == right.answerBy && left.description == right.description
        && left.lines == right.lines && left.refundedPaymentId == right.refundedPaymentId
  }
}

/// Why a payment that was asked for is wanted no longer.
public enum VoidReason: String, Sendable, Equatable, CaseIterable {
  case attemptsExhausted
  case canceled
}

/// A message that a decision sends; ids are derived from it, so that the same emission is always the same message.
///
/// Indirect, so that it is shared and not copied from hand to hand.
public indirect enum Emission: Sendable, Equatable {
  case status(StatusReport, replyTo: String?)
  case paymentRequested(MovementRequest)
  case refundRequested(MovementRequest)
  case voidRequested(
    paymentId: String, requestId: String, tenantId: String, reason: VoidReason)
  case apply(
    requestId: String, tenantId: String, instanceId: String, target: Configuration,
    expectedRevision: Int64, attempt: Int)
  case rateChanged(
    requestId: String, tenantId: String, instanceId: String, currency: String,
    before: [HourlyStep], after: [HourlyStep], effectiveAt: Moment)
}
