import Billing

/// Reads a record straight from its bytes, as long as they are exactly as `RecordCodec` writes them.
///
/// A batch loads some 250 instances. Read by way of `JSONValue`, a record costs about a hundred
/// allocations for names and digits that are looked at once; scanned in the writer's order it costs
/// those of its texts. Whatever looks different (another order, white space, an escape, a byte that
/// is not ASCII) is no error here but a `Surprise`: the record is then read the long way, which
/// knows what may be different and what to say about the rest.
struct RecordScanner {
  /// The bytes are not as expected.
  struct Surprise: Error {}

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  /// Whether an object or array was just opened, so that no comma comes next.
  private var isFirst = false

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// Whether the member of that name comes next; steps to its value then.
  mutating func has(_ name: StaticString) -> Bool {
    name.withUTF8Buffer { name in
      let quote = isFirst ? position : position + 1
      let end = quote + name.count + 2
      guard end < bytes.count, isFirst || bytes[position] == UInt8(ascii: ","),
        bytes[quote] == UInt8(ascii: "\""), bytes[end - 1] == UInt8(ascii: "\""),
        bytes[end] == UInt8(ascii: ":")
      else { return false }
      for offset in name.indices where bytes[quote + 1 + offset] != name[offset] { return false }
      position = end + 1
      isFirst = false
      return true
    }
  }

  mutating func require(_ name: StaticString) throws(Surprise) {
    guard has(name) else { throw Surprise() }
  }

  mutating func begin(_ bracket: Unicode.Scalar) throws(Surprise) {
    try take(bracket)
    isFirst = true
  }

  mutating func end(_ bracket: Unicode.Scalar) throws(Surprise) {
    try take(bracket)
    isFirst = false
  }

  /// Whether another element of the array comes next; steps to it, or past the array's end.
  mutating func hasElement() throws(Surprise) -> Bool {
    guard position < bytes.count else { throw Surprise() }
    if bytes[position] == UInt8(ascii: "]") {
      position += 1
      isFirst = false
      return false
    }
    if !isFirst { try take(",") }
    isFirst = false
    return true
  }

  func requireEnd() throws(Surprise) {
    guard position == bytes.count else { throw Surprise() }
  }

  mutating func text() throws(Surprise) -> String {
    try take("\"")
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      guard 0x20..<0x80 ~= bytes[position], bytes[position] != UInt8(ascii: "\\") else {
        throw Surprise()
      }
      position += 1
    }
    let text = String(
      decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
    try take("\"")
    return text
  }

  /// A whole number of at most 18 digits.
  mutating func integer() throws(Surprise) -> Int64 {
    guard position < bytes.count else { throw Surprise() }
    let isNegative = bytes[position] == UInt8(ascii: "-")
    if isNegative { position += 1 }
    let start = position
    var magnitude: Int64 = 0
    while position < bytes.count, case let digit = bytes[position] &- UInt8(ascii: "0"),
      digit < 10
    {
      guard position - start < 18 else { throw Surprise() }
      magnitude = magnitude * 10 + Int64(digit)
      position += 1
    }
    let digits = position - start
    guard digits > 0, digits == 1 || bytes[start] != UInt8(ascii: "0"),
      !isNegative || magnitude > 0
    else { throw Surprise() }
    return isNegative ? -magnitude : magnitude
  }

  private mutating func take(_ character: Unicode.Scalar) throws(Surprise) {
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else {
      throw Surprise()
    }
    position += 1
  }
}

// Members in the form that records give them.
extension RecordScanner {
  mutating func text(_ name: StaticString) throws(Surprise) -> String {
    try require(name)
    return try text()
  }

  mutating func optionalText(_ name: StaticString) throws(Surprise) -> String? {
    has(name) ? try text() : nil
  }

  mutating func integer(_ name: StaticString) throws(Surprise) -> Int64 {
    try require(name)
    return try integer()
  }

  mutating func optionalInteger(_ name: StaticString) throws(Surprise) -> Int64? {
    has(name) ? try integer() : nil
  }

  mutating func choice<Choice: RawRepresentable<String>>(
    _ name: StaticString
  ) throws(Surprise) -> Choice {
    guard let choice = Choice(rawValue: try text(name)) else { throw Surprise() }
    return choice
  }

  mutating func decimal(_ name: StaticString) throws(Surprise) -> ExactDecimal {
    guard let decimal = ExactDecimal(try text(name)) else { throw Surprise() }
    return decimal
  }

  mutating func optionalDecimal(_ name: StaticString) throws(Surprise) -> ExactDecimal? {
    guard has(name) else { return nil }
    guard let decimal = ExactDecimal(try text()) else { throw Surprise() }
    return decimal
  }
}
