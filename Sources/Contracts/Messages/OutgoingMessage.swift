import Billing
import Resizing

/// A message of the worker as its readers get it: payment service, control plane, and whoever
/// follows results.
public struct OutgoingMessage: Sendable, Equatable {
  public var id: String
  public var source: String
  public var type: EventType
  /// When the event was made, in whole seconds.
  public var time: Instant?
  /// What it says. A quote in a status is what customers see of it: without its parts by order.
  public var emission: Emission

  private static let types: [EventType] = [
    .resizeStatus, .paymentRequested, .refundRequested, .paymentVoidRequested, .instanceApply,
    .rateChanged,
  ]

  /// Reads the body of a message that the worker has sent.
  public static func decode(_ body: [UInt8]) throws(ContractViolation) -> OutgoingMessage {
    let event = try CloudEvent(try IncomingMessage.parse(body), among: types)
    return OutgoingMessage(
      id: event.id, source: event.source, type: event.type, time: event.time,
      emission: try event.emission())
  }
}

extension CloudEvent {
  fileprivate func emission() throws(ContractViolation) -> Emission {
    let requestId = try data.identifier("requestId")
    let tenantId = try data.identifier("tenantId")
    switch type {
    case .resizeStatus:
      return .status(try StatusReport(data, eventId: id), replyTo: nil)
    case .paymentRequested:
      return .paymentRequested(try MovementRequest(data, id: "paymentId", purpose: .charge))
    case .refundRequested:
      let purpose: Movement.Purpose = try data.choice("reason")
      return .refundRequested(try MovementRequest(data, id: "refundId", purpose: purpose))
    case .paymentVoidRequested:
      return .voidRequested(
        paymentId: try data.movementId("paymentId"), requestId: requestId, tenantId: tenantId,
        reason: try data.choice("reason"))
    case .instanceApply:
      return .apply(
        requestId: requestId, tenantId: tenantId, instanceId: try data.identifier("instanceId"),
        target: try Configuration(record: try data.object("target")),
        expectedRevision: try data.integer("expectedRevision", in: 0...Int64.max),
        attempt: try data.optionalCount("attempt") ?? 1)
    default:
      return .rateChanged(
        requestId: requestId, tenantId: tenantId, instanceId: try data.identifier("instanceId"),
        currency: try data.currency("currency").code,
        before: try data.hourlySteps("hourlyBefore"), after: try data.hourlySteps("hourlyAfter"),
        effectiveAt: Moment(try data.instant("effectiveAt")))
    }
  }
}

extension MovementRequest {
  convenience init(
    _ fields: Fields, id: String, purpose: Movement.Purpose
  ) throws(ContractViolation) {
    var parts: [Movement.Part] = []
    for part in try fields.objects("of") {
      parts.append(
        Movement.Part(orderId: try part.orderId("orderId"), amount: try part.money("amount")))
    }
    self.init(
      movement: Movement(
        id: try fields.movementId(id), purpose: purpose, amount: try fields.money("amount"),
        attempt: try fields.optionalCount("attempt") ?? 1, parts: parts),
      requestId: try fields.identifier("requestId"), tenantId: try fields.identifier("tenantId"),
      instanceId: try fields.identifier("instanceId"),
      answerBy: Moment(
        try fields.optionalInstant("answerBy") ?? Instant(secondsSinceEpoch: 0)),
      description: try fields.optionalString("description") ?? "",
      lines: try fields.quoteLines("lines"),
      refundedPaymentId: purpose == .charge ? nil : try fields.optionalString("paymentId"))
    guard try fields.movementId("idempotencyKey") == movement.id else {
      throw fields.invalid("idempotencyKey", "should be the \(id)")
    }
  }
}
