/// A message ready for the wire: a CloudEvent in structured JSON, or a dead letter with its bytes as they came.
///
/// It is what the outbox keeps of it, in one piece of memory: as a dozen texts it would be made, counted and freed a dozen times on its
/// way. Whoever asks for a text gets a copy of it; ``withParts(_:)`` lends them all.
public struct OutgoingEvent: Sendable, Equatable {
  /// Its parts one behind the other, each of them with its length before it: a byte for the destination, and for a reply the name of its
  /// queue; routing key, id, type and content type; correlation id, `traceparent` and `tracestate`, each behind a byte that is 0 where
  /// it is missing and 1 where not; how many headers there are, and the name and value of each; the body.
  ///
  /// Lengths and counts have seven bits a byte, the low ones first, and the high bit set in all but the last byte.
  public let bytes: [UInt8]

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
    self = body.withUnsafeBufferPointer { body in
      OutgoingEvent(
        destination: destination, routingKey: routingKey, id: id, type: type,
        contentType: contentType, correlationId: correlationId, traceparent: traceparent,
        tracestate: tracestate, headers: headers, body: body)
    }
  }

  /// Copies a body that is lent.
  init(
    destination: Destination, routingKey: String, id: String, type: String,
    contentType: String = "application/cloudevents+json", correlationId: String?,
    traceparent: String?, tracestate: String?, headers: [Header], body: UnsafeBufferPointer<UInt8>
  ) {
    // The code of the destination, and whether each of the three is there.
    var size = 1 + 3
    size += routingKey.countedSize + id.countedSize + type.countedSize + contentType.countedSize
    size += correlationId?.countedSize ?? 0
    size += traceparent?.countedSize ?? 0
    size += tracestate?.countedSize ?? 0
    if case .reply(let queue) = destination { size += queue.countedSize }
    size += headers.count.encodedSize + body.count.encodedSize + body.count
    for header in headers { size += header.name.countedSize + header.value.countedSize }
    bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      guard var end = buffer.baseAddress else { return }
      let start = end
      end.put(destination.code)
      if case .reply(let queue) = destination { end.put(counted: queue) }
      end.put(counted: routingKey)
      end.put(counted: id)
      end.put(counted: type)
      end.put(counted: contentType)
      end.put(optional: correlationId)
      end.put(optional: traceparent)
      end.put(optional: tracestate)
      end.put(count: headers.count)
      for header in headers {
        end.put(counted: header.name)
        end.put(counted: header.value)
      }
      end.put(count: body.count)
      end.put(body)
      count = end - start
    }
  }

  /// Takes bytes that ``EventParts`` has read to their end.
  init(read bytes: UnsafeBufferPointer<UInt8>) { self.bytes = Array(bytes) }
}

extension OutgoingEvent {
  public var destination: Destination { withParts { $0.destination } }
  public var routingKey: String { withParts { String($0.routingKey) } }
  /// The event id and `message_id`: the same for the same message, however often it is sent.
  public var id: String { withParts { String($0.id) } }
  /// The event type, e.g. `resize.status.v1`.
  public var type: String { withParts { String($0.type) } }
  public var contentType: String { withParts { String($0.contentType) } }
  /// The request id.
  public var correlationId: String? { withParts { $0.correlationId.map(String.init) } }
  public var traceparent: String? { withParts { $0.traceparent.map(String.init) } }
  public var tracestate: String? { withParts { $0.tracestate.map(String.init) } }
  /// Further headers, in order; for dead letters the reason and the source queue.
  public var headers: [Header] {
    withParts { $0.headers.map { Header(String($0), String($1)) } }
  }
  public var body: [UInt8] { withParts { Array($0.body) } }

  /// Whether it goes to the payment service: it asks for a payment or a refund, or voids one.
  public var isForPayments: Bool { bytes.first == Destination.payments.code }

  /// The same message to another destination.
  func with(destination: Destination, routingKey: String) -> OutgoingEvent {
    withParts { parts in
      OutgoingEvent(
        destination: destination, routingKey: routingKey, id: id, type: type,
        contentType: contentType, correlationId: correlationId, traceparent: traceparent,
        tracestate: tracestate, headers: headers, body: parts.body)
    }
  }
}

extension String {
  fileprivate init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.init(decoding: bytes, as: UTF8.self)
  }

  /// The bytes that it takes with its length.
  fileprivate var countedSize: Int { utf8.count.encodedSize + utf8.count }
}

extension Int {
  /// The bytes that a count takes.
  var encodedSize: Int { Swift.max(Int.bitWidth - leadingZeroBitCount + 6, 7) / 7 }
}

extension UnsafeMutablePointer<UInt8> {
  mutating func put(count: Int) {
    var rest = UInt(bitPattern: count)
    while rest > 0x7f {
      put(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    put(UInt8(truncatingIfNeeded: rest))
  }

  fileprivate mutating func put(counted text: String) {
    put(count: text.utf8.count)
    // Lent without a reference counted for it; a text that is not in one piece is copied.
    if text.utf8.withContiguousStorageIfAvailable({ put($0) }) == nil {
      for byte in text.utf8 { put(byte) }
    }
  }

  fileprivate mutating func put(optional text: String?) {
    put(UInt8(text == nil ? 0 : 1))
    if let text { put(counted: text) }
  }
}
