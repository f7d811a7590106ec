/// Steps through JSON without making values of it, as long as all its texts are printable ASCII without escapes.
///
/// What looks different, right or wrong, is a `Surprise`: then the document is read by way of `JSONValue`, which knows what may be
/// different and what to say about the rest. The order of members and the white space are the sender's own affair.
struct JSONScanner {
  /// The bytes are not as expected.
  struct Surprise: Error {}

  /// The characters of a text, lent for as long as the bytes are.
  typealias Text = UnsafeBufferPointer<UInt8>

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  /// Whether an object was just opened, so that no comma comes next.
  private var isFirst = false

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func beginObject() throws(Surprise) {
    try take("{")
    isFirst = true
  }

  /// The name of the next member, whose value is to be taken then; nil at the end of the object.
  mutating func nextName() throws(Surprise) -> Text? {
    skipWhiteSpace()
    if position < bytes.count, bytes[position] == UInt8(ascii: "}") {
      position += 1
      isFirst = false
      return nil
    }
    if !isFirst { try take(",") }
    isFirst = false
    let name = try text()
    try take(":")
    return name
  }

  mutating func text() throws(Surprise) -> Text {
    try take("\"")
    let start = position
    let raw = UnsafeRawBufferPointer(bytes)
    while position + 8 <= bytes.count,
      raw.loadUnaligned(fromByteOffset: position, as: UInt64.self).isPrintable
    { position += 8 }
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      guard 0x20..<0x7F ~= bytes[position], bytes[position] != UInt8(ascii: "\\") else {
        throw Surprise()
      }
      position += 1
    }
    let text = UnsafeBufferPointer(rebasing: bytes[start..<position])
    try take("\"")
    return text
  }

  /// A whole number of at most nine digits.
  mutating func count() throws(Surprise) -> Int {
    skipWhiteSpace()
    let start = position
    var number = 0
    while position < bytes.count, case let digit = bytes[position] &- UInt8(ascii: "0"),
      digit < 10
    {
      number = number * 10 + Int(digit)
      position += 1
      guard position - start <= 9 else { throw Surprise() }
    }
    guard position > start, position == start + 1 || bytes[start] != UInt8(ascii: "0"),
      position < bytes.count, !".eE".utf8.contains(bytes[position])
    else { throw Surprise() }
    return number
  }

  mutating func bool() throws(Surprise) -> Bool {
    skipWhiteSpace()
    let isTrue = position < bytes.count && bytes[position] == UInt8(ascii: "t")
    for byte in isTrue ? "true".utf8 : "false".utf8 {
      guard position < bytes.count, bytes[position] == byte else { throw Surprise() }
      position += 1
    }
    return isTrue
  }

  mutating func requireEnd() throws(Surprise) {
    skipWhiteSpace()
    guard position == bytes.count else { throw Surprise() }
  }

  /// Steps over a mark, and white space before it.
  private mutating func take(_ mark: Unicode.Scalar) throws(Surprise) {
    skipWhiteSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: mark) else { throw Surprise() }
    position += 1
  }

  private mutating func skipWhiteSpace() {
    while position < bytes.count, case let byte = bytes[position],
      byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    { position += 1 }
  }
}

// What a text may say.
extension JSONScanner.Text {
  func says(_ word: StaticString) -> Bool {
    guard count == word.utf8CodeUnitCount else { return false }
    for index in indices where self[index] != word.utf8Start[index] { return false }
    return true
  }

  /// Of so many characters; a text of a scanner has no control characters.
  func string(upTo longest: Int) throws(JSONScanner.Surprise) -> String {
    guard (1...longest).contains(count) else { throw JSONScanner.Surprise() }
    return String(decoding: self, as: UTF8.self)
  }

  /// As `Fields.identifier` takes it.
  func identifier() throws(JSONScanner.Surprise) -> String {
    guard first != 0x20, last != 0x20 else { throw JSONScanner.Surprise() }
    return try string(upTo: 128)
  }
}

extension UInt64 {
  /// Whether all eight bytes are printable ASCII, none a quote or a backslash; false for some others, too.
  fileprivate var isPrintable: Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = self ^ (ones &* 0x22)
    let backslashes = self ^ (ones &* 0x5C)
    let deletes = self ^ (ones &* 0x7F)
    let others =
      self | (self &- ones &* 0x20) | (quotes &- ones) | (backslashes &- ones) | (deletes &- ones)
    return others & (ones &* 0x80) == 0
  }
}
