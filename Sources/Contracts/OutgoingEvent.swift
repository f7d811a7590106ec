/// Where an outgoing message goes, by what it is for; the topology turns it into an exchange of the installation.
public enum Destination: Sendable, Equatable, Hashable {
  /// The result exchange, `resize.results`.
  case results
  /// Straight to the queue that a request named in `reply_to`.
  case reply(queue: String)
  case payments
  case commands
  case metering
  case deadLetters
}

/// A message ready for the wire: a CloudEvent in structured JSON, or a dead letter with its bytes as they came.
///
/// A value that is shared, not copied, from hand to hand: it has a dozen references to count.
public final class OutgoingEvent: Sendable, Equatable {
  public let destination: Destination
  public let routingKey: String
  /// The event id and `message_id`: the same for the same message, however often it is sent.
  public let id: String
  /// The event type, e.g. `resize.status.v1`.
  public let type: String
  public let contentType: String
  /// The request id.
  public let correlationId: String?
  public let traceparent: String?
  public let tracestate: String?
  /// Further headers, in order; for dead letters the reason and the source queue.
  public let headers: [Header]
  public let body: [UInt8]

  public struct Header: Sendable, Equatable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public init(
    destination: Destination, routingKey: String, id: String, type: String,
    contentType: String = "application/cloudevents+json", correlationId: String? = nil,
    traceparent: String? = nil, tracestate: String? = nil, headers: [Header] = [], body: [UInt8]
  ) {
    self.destination = destination
    self.routingKey = routingKey
    self.id = id
    self.type = type
    self.contentType = contentType
    self.correlationId = correlationId
    self.traceparent = traceparent
    self.tracestate = tracestate
    self.headers = headers
    self.body = body
  }

  /// The same message with other parts where they are given.
  func with(
    destination: Destination? = nil, routingKey: String? = nil, traceparent: String? = nil,
    tracestate: String? = nil
  ) -> OutgoingEvent {
    OutgoingEvent(
      destination: destination ?? self.destination, routingKey: routingKey ?? self.routingKey,
      id: id, type: type, contentType: contentType, correlationId: correlationId,
      traceparent: traceparent ?? self.traceparent, tracestate: tracestate ?? self.tracestate,
      headers: headers, body: body)
  }

  public static func == (left: OutgoingEvent, right: OutgoingEvent) -> Bool {
    left === right
      || left.destination == right.destination && left.routingKey == right.routingKey
        && left.id == right.id && left.type == right.type && left.contentType == right.contentType
        && left.correlationId == right.correlationId && left.traceparent == right.traceparent
        && left.tracestate == right.tracestate && left.headers == right.headers
        && left.body == right.body
  }
}
