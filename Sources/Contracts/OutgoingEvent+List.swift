/// Events one behind the other: how many there are, and the bytes of each.
public struct OutgoingEventList: Sendable {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  /// Begins it anew, in the memory that it has.
  /// - Parameters:
  ///   - count: How many events will be appended.
  ///   - byteCount: How many bytes they have, all together.
  public mutating func begin(count: Int, byteCount: Int) {
    bytes.removeAll(keepingCapacity: true)
    bytes.reserveCapacity(count.encodedSize + byteCount)
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count.encodedSize) { buffer in
      guard let start = buffer.baseAddress else { return }
      var end = start
      end.put(count: count)
      bytes.append(contentsOf: buffer)
    }
  }

  public mutating func append(_ event: OutgoingEvent) { bytes.append(contentsOf: event.bytes) }
}

extension OutgoingEvent {
  /// Reads what ``OutgoingEventList`` holds, whatever the bytes.
  /// - Throws: `EventDamage` if they are anything else.
  public static func read(list bytes: [UInt8]) throws(EventDamage) -> [OutgoingEvent] {
    try bytes.withUnsafeBufferPointer { (bytes) throws(EventDamage) in
      var cursor = EventCursor(bytes)
      var events: [OutgoingEvent] = []
      for _ in 0..<(try cursor.count()) {
        let start = cursor
        let parts = try EventParts(&cursor)
        guard parts.hasValidTexts else { throw EventDamage("a text is not UTF-8") }
        events.append(OutgoingEvent(read: start.bytes(upTo: cursor)))
      }
      guard cursor.isAtEnd else { throw EventDamage("bytes are left over") }
      return events
    }
  }
}

extension EventParts {
  /// Whether every text is UTF-8.
  fileprivate var hasValidTexts: Bool {
    var texts = [routingKey, id, type, contentType]
    texts += [replyQueue, correlationId, traceparent, tracestate].compactMap { $0 }
    for (name, value) in headers { texts += [name, value] }
    return texts.allSatisfy { String(validating: $0, as: UTF8.self) != nil }
  }
}
