import Billing
import Resizing

extension OutgoingEventEncoder {
  /// `payment.requested.v1`; asked again, it has another id but the same idempotency key.
  func paymentEvent(
    _ request: MovementRequest, _ context: RequestContext, at now: Moment
  ) -> OutgoingEvent {
    let attempt = request.movement.attempt
    let envelope = Envelope(
      type: .paymentRequested,
      id: String(wording: "\(request.requestId):payment:\(attempt)"),
      subject: request.requestId, attempt: attempt, context: context)
    return event(envelope, .payments, "payment.requested", request.requestId, at: now) { writer in
      writer.member("paymentId", request.movement.id)
      writeMembers(of: request, to: &writer)
      writer.member("description", request.description)
      writer.member("lines", request.lines)
    }
  }

  /// `refund.requested.v1`; refunds of different purposes of one resize have different ids.
  func refundEvent(
    _ request: MovementRequest, _ context: RequestContext, at now: Moment
  ) -> OutgoingEvent {
    let movement = request.movement
    let what =
      movement.purpose == .downgrade ? "refund" : "refund:" + movement.purpose.rawValue
    let envelope = Envelope(
      type: .refundRequested,
      id: String(wording: "\(request.requestId):\(what):\(movement.attempt)"),
      subject: request.requestId, attempt: movement.attempt, context: context)
    return event(envelope, .payments, "refund.requested", request.requestId, at: now) { writer in
      writer.member("refundId", movement.id)
      writeMembers(of: request, to: &writer)
      writer.member("reason", movement.purpose.rawValue)
      writer.member("paymentId", request.refundedPaymentId)
      if !movement.parts.isEmpty {
        writer.name("of")
        writer.beginArray()
        for part in movement.parts {
          writer.beginObject()
          writer.member("orderId", part.orderId)
          writer.member("amount", part.amount)
          writer.endObject()
        }
        writer.endArray()
      }
      writer.member("description", request.description)
      writer.member("lines", request.lines)
    }
  }

  private func writeMembers(of request: MovementRequest, to writer: inout JSONWriter) {
    writer.member("requestId", request.requestId)
    writer.member("tenantId", request.tenantId)
    writer.member("instanceId", request.instanceId)
    writer.member("amount", request.movement.amount)
    writer.member("idempotencyKey", request.movement.id)
    writer.member("attempt", request.movement.attempt)
    writer.member("answerBy", request.answerBy)
  }

  /// `payment.voidRequested.v1`: there is one for a payment, however often it is told.
  func voidEvent(
    _ paymentId: String, _ requestId: String, _ tenantId: String, _ reason: VoidReason,
    _ context: RequestContext, at now: Moment
  ) -> OutgoingEvent {
    let envelope = Envelope(
      type: .paymentVoidRequested, id: requestId + ":void:1", subject: requestId,
      context: context)
    return event(envelope, .payments, "payment.voidRequested", requestId, at: now) { writer in
      writer.member("paymentId", paymentId)
      writer.member("requestId", requestId)
      writer.member("tenantId", tenantId)
      writer.member("idempotencyKey", paymentId)
      writer.member("reason", reason.rawValue)
    }
  }
}
