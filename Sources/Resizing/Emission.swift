import Billing

/// What is told about a resize on the result exchange (`resize.status.v1`).
public struct StatusReport: Sendable, Equatable {
  public var requestId: String
  public var tenantId: String
  public var instanceId: String
  public var status: ResizeState
  /// Counts the statuses of one resize from 1; 0 answers a message that does not belong to its course, e.g. a mismatch.
  public var sequence: Int
  /// Tells answers with sequence 0 apart; nil otherwise.
  public var answerTo: String?
  public var reason: Reason?
  public var attention: Reason?
  public var assessment: Assessment?

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
  public init(
    rejecting requestId: String, tenantId: String, instanceId: String, answerTo: String,
    reason: Reason
  ) {
    self.requestId = requestId
    self.tenantId = tenantId
    self.instanceId = instanceId
    status = .rejected
    sequence = 0
    self.answerTo = answerTo
    self.reason = reason
    attention = nil
    assessment = nil
  }
}

/// A payment or refund as it is asked for (`payment.requested.v1`, `refund.requested.v1`).
public struct MovementRequest: Sendable, Equatable {
  public var movement: Movement
  public var requestId: String
  public var tenantId: String
  public var instanceId: String
  /// When the answer is late and the same is asked again.
  public var answerBy: Moment
  /// One sentence for the customer's statement.
  public var description: String
  public var lines: [QuoteLine]
  /// The payment that a compensating refund gives back.
  public var refundedPaymentId: String?

  public init(
    movement: Movement, requestId: String, tenantId: String, instanceId: String,
    answerBy: Moment, description: String, lines: [QuoteLine], refundedPaymentId: String? = nil
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
