/// The parts of an outgoing event, lent for as long as a closure runs.
public struct EventParts {
  /// The bytes of a text, UTF-8.
  public typealias Text = UnsafeBufferPointer<UInt8>

  let code: UInt8
  /// The queue that a reply goes to.
  public let replyQueue: Text?
  public let routingKey: Text
  public let id: Text
  public let type: Text
  public let contentType: Text
  public let correlationId: Text?
  public let traceparent: Text?
  public let tracestate: Text?
  public let headers: Headers
  public let body: UnsafeBufferPointer<UInt8>

  public var destination: Destination {
    replyQueue.map { .reply(queue: String(decoding: $0, as: UTF8.self)) }
      ?? Destination(code: code) ?? .results
  }

  /// Names and values of headers, in order.
  public struct Headers: Sequence, IteratorProtocol {
    private var left: Int
    private var cursor: EventCursor

    public mutating func next() -> (name: Text, value: Text)? {
      guard left > 0, let name = try? cursor.counted(), let value = try? cursor.counted() else {
        return nil
      }
      left -= 1
      return (name, value)
    }

    /// Reads past the headers that a cursor stands before.
    init(_ cursor: inout EventCursor) throws(EventDamage) {
      left = try cursor.count()
      self.cursor = cursor
      for _ in 0..<left {
        _ = try cursor.counted()
        _ = try cursor.counted()
      }
    }
  }

  /// Reads the event that a cursor stands before.
  ///
  /// The texts are not checked to be UTF-8.
  init(_ cursor: inout EventCursor) throws(EventDamage) {
    code = try cursor.byte()
    replyQueue = code == Destination.replyCode ? try cursor.counted() : nil
    guard Destination(code: code) != nil || replyQueue != nil else {
      throw EventDamage("destination \(code) is unknown")
    }
    routingKey = try cursor.counted()
    id = try cursor.counted()
    type = try cursor.counted()
    contentType = try cursor.counted()
    correlationId = try cursor.optional()
    traceparent = try cursor.optional()
    tracestate = try cursor.optional()
    headers = try Headers(&cursor)
    body = try cursor.counted()
  }
}

extension OutgoingEvent {
  /// Lends its parts.
  @inline(__always)
  public func withParts<Result>(_ body: (borrowing EventParts) -> Result) -> Result {
    bytes.withUnsafeBufferPointer { bytes in
      var cursor = EventCursor(bytes)
      guard let parts = try? EventParts(&cursor) else {
        preconditionFailure("an event is made of its parts, or was read to its end")
      }
      return body(parts)
    }
  }
}
