/// Reads bytes of a page of the outbox, never beyond their end.
struct OutboxByteReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func byte() throws(PageDamage) -> UInt8 {
    guard let byte = rest.popFirst() else { throw PageDamage("it ends too early") }
    return byte
  }

  /// Fewer than 2³⁵.
  mutating func integer() throws(PageDamage) -> Int {
    var integer: UInt = 0
    var shift: UInt = 0
    while true {
      let next = try byte()
      guard shift < 35 else { throw PageDamage("a length is out of range") }
      integer |= UInt(next & 0x7f) << shift
      if next < 0x80 { return Int(integer) }
      shift += 7
    }
  }

  /// Never more than bytes are left: everything counted takes one.
  mutating func count() throws(PageDamage) -> Int {
    let count = try integer()
    guard count <= rest.count else { throw PageDamage("it ends too early") }
    return count
  }

  mutating func take(_ count: Int) throws(PageDamage) -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw PageDamage("it ends too early") }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}
