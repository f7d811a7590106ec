import Billing

/// What an instance shall become; a part left out stays as it is.
public struct ResizeTarget: Sendable, Equatable {
  public var spec: String?
  public var units: Int?
  /// Bandwidth in Mbit/s.
  public var mbps: Int?

  public init(spec: String? = nil, units: Int? = nil, mbps: Int? = nil) {
    self.spec = spec
    self.units = units
    self.mbps = mbps
  }
}

/// The content of `resize.requested.v1`. It never carries prices, orders or state: who may ask for a resize must not set its cost.
///
/// A value that is shared, not copied, from hand to hand.
public final class ResizeRequest: Sendable, Equatable {
  /// The idempotency key of the whole resize, at most 128 printable ASCII characters.
  public let requestId: String
  public let tenantId: String
  public let instanceId: String
  public let target: ResizeTarget
  /// The mode the caller believes the instance to be in (ResizeInstance, ResizeInstanceHour of 000); nil asks for neither.
  public let billingMode: BillingMode?
  public let voucher: Money?
  /// The most the caller is ready to pay now, inclusive.
  public let maxCharge: Money?
  public let dryRun: Bool

  public init(
    requestId: String, tenantId: String, instanceId: String, target: ResizeTarget,
    billingMode: BillingMode? = nil, voucher: Money? = nil, maxCharge: Money? = nil,
    dryRun: Bool = false
  ) {
    self.requestId = requestId
    self.tenantId = tenantId
    self.instanceId = instanceId
    self.target = target
    self.billingMode = billingMode
    self.voucher = voucher
    self.maxCharge = maxCharge
    self.dryRun = dryRun
  }

  public static func == (left: ResizeRequest, right: ResizeRequest) -> Bool {
    left === right
      || left.requestId == right.requestId && left.tenantId == right.tenantId
        && left.instanceId == right.instanceId && left.target == right.target
        && left.billingMode == right.billingMode && left.voucher == right.voucher
        && left.maxCharge == right.maxCharge && left.dryRun == right.dryRun
  }
}

/// Where the answers to a request go beside the result exchange, and the trace they belong to.
///
/// A value that is shared, not copied, from hand to hand.
public final class RequestContext: Sendable, Equatable {
  /// A queue name from the AMQP property `reply_to`.
  public let replyTo: String?
  /// W3C trace context, carried through outbox and retries.
  public let traceparent: String?
  public let tracestate: String?

  public init(replyTo: String? = nil, traceparent: String? = nil, tracestate: String? = nil) {
    self.replyTo = replyTo
    self.traceparent = traceparent
    self.tracestate = tracestate
  }

  /// No answer beside the result exchange, and no trace.
  public static let none = RequestContext()

  public static func == (left: RequestContext, right: RequestContext) -> Bool {
    left === right
      || left.replyTo == right.replyTo && left.traceparent == right.traceparent
        && left.tracestate == right.tracestate
  }
}
