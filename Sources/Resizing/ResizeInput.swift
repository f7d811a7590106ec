import Billing

/// What the payment service says became of a payment or a refund (`payment.settled.v1`, `refund.settled.v1`).
public struct Settlement: Sendable, Equatable {
  public enum Outcome: String, Sendable, Equatable, CaseIterable {
    case succeeded
    /// Not this time; the same key may be tried again.
    case failed
    /// Never; final.
    case declined
  }

  /// The payment's or refund's id.
  public var movementId: String
  public var requestId: String
  public var outcome: Outcome
  /// What really moved; nil where the service does not say.
  public var settled: Money?
  public var reason: Reason?
  public var providerReference: String?

  public init(
    movementId: String, requestId: String, outcome: Outcome, settled: Money? = nil,
    reason: Reason? = nil, providerReference: String? = nil
  ) {
    self.movementId = movementId
    self.requestId = requestId
    self.outcome = outcome
    self.settled = settled
    self.reason = reason
    self.providerReference = providerReference
  }
}

/// What the control plane says became of a change (`instance.applied.v1`).
public struct ApplyReport: Sendable, Equatable {
  public enum Outcome: String, Sendable, Equatable, CaseIterable {
    case applied
    case failed
  }

  public var requestId: String
  public var instanceId: String
  public var outcome: Outcome
  public var reason: Reason?

  public init(requestId: String, instanceId: String, outcome: Outcome, reason: Reason? = nil) {
    self.requestId = requestId
    self.instanceId = instanceId
    self.outcome = outcome
    self.reason = reason
  }
}

/// A new revision of an instance, or its removal (`instance.changed.v1`).
public struct InstanceChange: Sendable, Equatable {
  public var instanceId: String
  public var revision: Int64
  /// Nil removes the instance.
  public var instance: Instance?

  public init(instanceId: String, revision: Int64, instance: Instance?) {
    self.instanceId = instanceId
    self.revision = revision
    self.instance = instance
  }
}

/// Everything that can happen to a resize or an instance.
public enum ResizeInput: Sendable, Equatable {
  case requested(ResizeRequest, RequestContext)
  case cancelRequested(requestId: String, tenantId: String, RequestContext)
  case paymentSettled(Settlement)
  case refundSettled(Settlement)
  case applied(ApplyReport)
  case instanceChanged(InstanceChange)
  /// The timer of the resize's present state came due.
  case timerDue(requestId: String)
}
