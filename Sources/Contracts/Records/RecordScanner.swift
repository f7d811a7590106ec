import Billing

/// Reads a record straight from its bytes, as long as they are exactly as `RecordCodec` writes them.
///
/// A batch loads some 250 instances or resizes. Read by way of `JSONValue`, a record costs about a hundred
/// allocations for names and digits that are looked at once; scanned in the writer's order it costs
/// those of its texts. Whatever looks different (another order, white space, an escape, a text that
/// is not UTF-8) is no error here but a `Surprise`: the record is then read the long way, which
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
  ///
  /// Inlined, as are those that pass a name on to it: the bytes of a name that stands in the code are then compared as a number or two.
  @inline(__always)
  mutating func has(_ name: StaticString) -> Bool {
    let quote = isFirst ? position : position + 1
    let end = quote + name.utf8CodeUnitCount + 2
    guard end < bytes.count, isFirst || bytes[position] == UInt8(ascii: ","),
      bytes[quote] == UInt8(ascii: "\""), bytes[end - 1] == UInt8(ascii: "\""),
      bytes[end] == UInt8(ascii: ":"),
      UnsafeBufferPointer(rebasing: bytes[(quote + 1)..<(end - 1)]).says(name)
    else { return false }
    position = end + 1
    isFirst = false
    return true
  }

  @inline(__always)
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

  /// The beginning of a record of the present version.
  mutating func beginRecord() throws(Surprise) {
    try begin("{")
    guard try integer("v") == RecordCodec.version else { throw Surprise() }
  }

  /// The end of a record, with nothing behind it.
  mutating func endRecord() throws(Surprise) {
    try end("}")
    guard position == bytes.count else { throw Surprise() }
  }

  mutating func text() throws(Surprise) -> String {
    try take("\"")
    guard let end = bytes.endOfPlainText(from: position) else { return try textOfAny() }
    return String(decoding: characters(to: end), as: UTF8.self)
  }

  /// The rest of a text that has other characters than ASCII, too.
  private mutating func textOfAny() throws(Surprise) -> String {
    guard let end = bytes.endOfText(from: position) else { throw Surprise() }
    let characters = characters(to: end)
    var text = String(decoding: characters, as: UTF8.self)
    // Bytes that are not UTF-8 were replaced by others. `String(validating:as:)` takes five times as long.
    let isText = text.withUTF8 { $0.says(characters) }
    guard isText else { throw Surprise() }
    return text
  }

  /// The characters of a text of printable ASCII, lent for as long as the bytes are.
  private mutating func plainText() throws(Surprise) -> UnsafeBufferPointer<UInt8> {
    try take("\"")
    guard let end = bytes.endOfPlainText(from: position) else { throw Surprise() }
    return characters(to: end)
  }

  /// Takes the rest of a text, and the quote at its end.
  private mutating func characters(to end: Int) -> UnsafeBufferPointer<UInt8> {
    defer { position = end + 1 }
    return UnsafeBufferPointer(rebasing: bytes[position..<end])
  }

  mutating func decimal() throws(Surprise) -> ExactDecimal {
    guard let decimal = ExactDecimal(characters: try plainText()) else { throw Surprise() }
    return decimal
  }

  mutating func fraction() throws(Surprise) -> Fraction {
    guard let fraction = Fraction(characters: try plainText()) else { throw Surprise() }
    return fraction
  }

  /// `[minor units, currency]`.
  mutating func money() throws(Surprise) -> Money {
    try take("[")
    let minorUnits = try integer()
    try take(",")
    guard let currency = Currency(characters: try plainText()) else { throw Surprise() }
    try take("]")
    return Money(minorUnits: minorUnits, currency: currency)
  }

  /// What stands for a flag that is up; one that is down is left out.
  mutating func up() throws(Surprise) {
    for mark in "true".unicodeScalars { try take(mark) }
  }

  mutating func choice<Choice: RawRepresentable<String> & CaseIterable>() throws(Surprise) -> Choice
  {
    let word = try text()
    // Most words are told apart by their lengths.
    for choice in Choice.allCases
    where choice.rawValue.utf8.count == word.utf8.count && choice.rawValue == word {
      return choice
    }
    throw Surprise()
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
