import Billing
import Resizing

/// Turns what a decision sends into messages for the wire (`schemas/README.md`,
/// `schemas/*.schema.json`).
///
/// Pure: the same emission at the same moment becomes the same bytes, and the id does not depend on
/// the moment, so that a message sent again is the same message.
public struct OutgoingEventEncoder: Sendable {
  private let constants: [EventType: EnvelopeConstants]

  /// - Parameters:
  ///   - source: The CloudEvents `source` of this installation.
  ///   - schemaBaseURL: Where the JSON Schemas are served, without a slash at the end.
  public init(
    source: String = "/resize-worker", schemaBaseURL: String = "https://example.com/schemas"
  ) {
    let base = schemaBaseURL.hasSuffix("/") ? String(schemaBaseURL.dropLast()) : schemaBaseURL
    constants = Dictionary(
      uniqueKeysWithValues: EventType.allCases.map {
        ($0, EnvelopeConstants($0, source: source, schemaBaseURL: base))
      })
  }

  /// The messages of one emission: one, or two where a status also goes to the sender's own queue.
  ///
  /// - Parameters:
  ///   - context: The trace that the messages belong to.
  ///   - worker: Who decided; told in statuses.
  ///   - now: The `time` of the events.
  public func encode(
    _ emission: Emission, context: RequestContext = RequestContext(), worker: String? = nil,
    at now: Moment
  ) -> [OutgoingEvent] {
    switch emission {
    case .status(let report, let replyTo):
      return statusEvents(report, replyTo: replyTo, worker: worker, context, at: now)
    case .paymentRequested(let request):
      return [paymentEvent(request, context, at: now)]
    case .refundRequested(let request):
      return [refundEvent(request, context, at: now)]
    case .voidRequested(let paymentId, let requestId, let tenantId, let reason):
      return [voidEvent(paymentId, requestId, tenantId, reason, context, at: now)]
    case .apply(
      let requestId, let tenantId, let instanceId, let target, let expectedRevision, let attempt):
      let message = Envelope(
        type: .instanceApply, id: String(wording: "\(requestId):apply:\(attempt)"),
        subject: instanceId, attempt: attempt, context: context)
      return [
        event(message, .commands, "instance.apply", requestId, at: now) { writer in
          writer.member("requestId", requestId)
          writer.member("tenantId", tenantId)
          writer.member("instanceId", instanceId)
          writer.member("target", target)
          writer.member("expectedRevision", expectedRevision)
          writer.member("attempt", attempt)
        }
      ]
    case .rateChanged(
      let requestId, let tenantId, let instanceId, let currency, let before, let after,
      let effectiveAt):
      let message = Envelope(
        type: .rateChanged, id: requestId + ":rate:1", subject: instanceId, context: context)
      return [
        event(message, .metering, "rate.changed", requestId, at: now) { writer in
          writer.member("requestId", requestId)
          writer.member("tenantId", tenantId)
          writer.member("instanceId", instanceId)
          writer.member("currency", currency)
          writer.member("hourlyBefore", before)
          writer.member("hourlyAfter", after)
          writer.member("effectiveAt", effectiveAt)
        }
      ]
    }
  }

  /// What the envelope of a message says about it.
  struct Envelope {
    var type: EventType
    var id: String
    var subject: String
    /// How often this was asked for; told as the header `x-attempt`. Nil for what is only told.
    var attempt: Int?
    /// The trace that it belongs to.
    var context = RequestContext.none
  }

  /// One event with its data as `writeData` writes the members.
  func event(
    _ envelope: Envelope, _ destination: Destination, _ routingKey: String, _ requestId: String,
    at now: Moment, writeData: (inout JSONWriter) -> Void
  ) -> OutgoingEvent {
    var writer = JSONWriter()
    write(envelope, to: &writer, at: now, writeData: writeData)
    return writer.withWritten { body in
      OutgoingEvent(
        destination: destination, routingKey: routingKey, id: envelope.id,
        type: envelope.type.rawValue, correlationId: requestId,
        traceparent: envelope.context.traceparent, tracestate: envelope.context.tracestate,
        headers: envelope.attempt.map(attemptHeader) ?? [], body: body)
    }
  }

  /// The bytes of an event.
  func envelope(
    _ envelope: Envelope, at now: Moment, writeData: (inout JSONWriter) -> Void
  ) -> [UInt8] {
    var writer = JSONWriter()
    write(envelope, to: &writer, at: now, writeData: writeData)
    return writer.bytes
  }

  private func write(
    _ envelope: Envelope, to writer: inout JSONWriter, at now: Moment,
    writeData: (inout JSONWriter) -> Void
  ) {
    let constants = constants[envelope.type]
    writer.beginObject()
    writer.member("specversion", "1.0")
    writer.member("id", envelope.id)
    writer.members(constants?.beforeSubject ?? [])
    writer.member("subject", envelope.subject)
    writer.member("time", now)
    writer.members(constants?.afterTime ?? [])
    writer.name("data")
    writer.beginObject()
    writeData(&writer)
    writer.endObject()
    writer.endObject()
  }

  private func attemptHeader(_ attempt: Int) -> [OutgoingEvent.Header] {
    [OutgoingEvent.Header("x-attempt", String(attempt))]
  }
}
