/// Why a resize was rejected, failed, or needs attention: a stable code for programs, a sentence for people.
public struct Reason: Sendable, Equatable {
  public var code: String
  public var message: String

  public init(_ code: ReasonCode, _ message: String) {
    self.code = code.rawValue
    self.message = message
  }

  public init(code: String, message: String) {
    self.code = code
    self.message = message
  }
}

/// The reason codes that the worker itself gives; payment services and control planes add their own.
public enum ReasonCode: String, Sendable, CaseIterable {
  // Around the preconditions (Resizing.docc, Reason codes).
  case malformedRequest = "MalformedRequest"
  case unknownInstance = "UnknownInstance"
  case idempotencyMismatch = "IdempotencyMismatch"
  case tenantMismatch = "TenantMismatch"

  // The preconditions that need no arithmetic, in their order.
  case unknownProduct = "UnknownProduct"
  case operationInProgress = "OperationInProgress"
  case invalidInstanceState = "InvalidInstanceState"
  case localDiskNotSupported = "LocalDiskNotSupported"
  case billingModeMismatch = "BillingModeMismatch"
  case belowMinimum = "BelowMinimum"
  case unknownSpec = "UnknownSpec"
  case noChange = "NoChange"

  // Ends and attention after the quote.
  case unknownRequest = "UnknownRequest"
  case paymentDeclined = "PaymentDeclined"
  case paymentAttemptsExhausted = "PaymentAttemptsExhausted"
  case settlementMismatch = "SettlementMismatch"
  case contradictorySettlement = "ContradictorySettlement"
  case canceledByRequest = "CanceledByRequest"
  case applyFailed = "ApplyFailed"
  case applyUnanswered = "ApplyUnanswered"
  case appliedAfterFailure = "AppliedAfterFailure"
  case instanceRemoved = "InstanceRemoved"
  case instanceChanged = "InstanceChanged"
  case refundDelayed = "RefundDelayed"
  case refundDeclined = "RefundDeclined"
  case latePayment = "LatePayment"
}
