import Billing

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
    guard let end = bytes.endOfPlainText(from: position) else { throw Surprise() }
    defer { position = end + 1 }
    return UnsafeBufferPointer(rebasing: bytes[position..<end])
  }

  /// Takes the text that is a member's value; a second one of that name is no usual member.
  mutating func takeText(into member: inout Text?) throws(Surprise) {
    guard member == nil else { throw Surprise() }
    member = try text()
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
  var string: String { String(decoding: self, as: UTF8.self) }

  /// Of so many characters; a text of a scanner has no control characters.
  func string(upTo longest: Int) throws(JSONScanner.Surprise) -> String {
    guard (1...longest).contains(count) else { throw JSONScanner.Surprise() }
    return string
  }

  /// As `Fields.identifier` takes it.
  func identifier() throws(JSONScanner.Surprise) -> String {
    try identifier(upTo: String.longestIdentifier)
  }

  /// As `Fields.movementId` takes it.
  func movementId() throws(JSONScanner.Surprise) -> String {
    try identifier(upTo: String.longestMovementId)
  }

  private func identifier(upTo longest: Int) throws(JSONScanner.Surprise) -> String {
    guard first != 0x20, last != 0x20 else { throw JSONScanner.Surprise() }
    return try string(upTo: longest)
  }

  /// As `Fields.instant` takes it.
  func instant() throws(JSONScanner.Surprise) -> Instant {
    guard let instant = Instant(rfc3339: self), instant.secondsSinceEpoch >= 0 else {
      throw JSONScanner.Surprise()
    }
    return instant
  }
}
