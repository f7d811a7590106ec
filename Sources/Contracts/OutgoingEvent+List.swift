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

/// Why bytes are no outgoing events.
public struct EventDamage: Error {
  public let explanation: String

  init(_ explanation: String) { self.explanation = explanation }
}

/// A place in the bytes of outgoing events.
struct EventCursor {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  /// What stands between two places.
  func bytes(upTo end: EventCursor) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[position..<end.position])
  }

  @inline(__always)
  mutating func byte() throws(EventDamage) -> UInt8 {
    guard position < bytes.count else { throw EventDamage("it ends too early") }
    defer { position += 1 }
    return bytes[position]
  }

  /// A count of what follows: never more than bytes are left, as everything counted takes one.
  @inline(__always)
  mutating func count() throws(EventDamage) -> Int {
    let first = try byte()
    let count = first < 0x80 ? UInt(first) : try longCount(UInt(first & 0x7f))
    guard count <= UInt(bytes.count - position) else { throw EventDamage("it ends too early") }
    return Int(count)
  }

  private mutating func longCount(_ lowest: UInt) throws(EventDamage) -> UInt {
    var count = lowest
    var shift: UInt = 7
    while true {
      let next = try byte()
      // Each count is written in one way only, so that the same events are the same bytes.
      guard shift < 35, next > 0 else { throw EventDamage("a length is out of range") }
      count |= UInt(next & 0x7f) << shift
      if next < 0x80 { return count }
      shift += 7
    }
  }

  /// The bytes behind their count.
  @inline(__always)
  mutating func counted() throws(EventDamage) -> UnsafeBufferPointer<UInt8> {
    let count = try count()
    defer { position += count }
    return UnsafeBufferPointer(rebasing: bytes[position..<position + count])
  }

  /// A text that may be missing.
  @inline(__always)
  mutating func optional() throws(EventDamage) -> UnsafeBufferPointer<UInt8>? {
    switch try byte() {
    case 0: nil
    case 1: try counted()
    default: throw EventDamage("a text is neither there nor missing")
    }
  }
}
