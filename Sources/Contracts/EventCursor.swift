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
