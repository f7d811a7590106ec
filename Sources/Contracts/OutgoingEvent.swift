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
public struct OutgoingEvent: Sendable, Equatable {
  public var destination: Destination
  public var routingKey: String
  /// The event id and `message_id`: the same for the same message, however often it is sent.
  public var id: String
  /// The event type, e.g. `resize.status.v1`.
  public var type: String
  public var contentType: String
  /// The request id.
  public var correlationId: String?
  public var traceparent: String?
  public var tracestate: String?
  /// Further headers, in order; for dead letters the reason and the source queue.
  public var headers: [Header]
  public var body: [UInt8]

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
}
