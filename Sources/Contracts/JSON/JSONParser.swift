/// A strict reader of JSON (RFC 8259) over bytes from outside.
///
/// Accepts nothing beyond the grammar: no comments, no trailing commas, no byte order mark, no
/// lone surrogates, no two members of one name, and at most `maximumDepth` nested levels, so that
/// no body can exhaust the stack.
public struct JSONParser {
  /// How deep arrays and objects may be nested.
  public static let maximumDepth = 32

  /// Above so many members an object's names are compared by hash instead of one by one.
  private static let fewMembers = 24

  /// Lent for as long as the parser lives. An array would be retained and released for each string that is cut out of it.
  ///
  /// Its elements are read by ``next`` and by loops that look at its `count` first: it does not check itself.
  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0
  private var depth = 0
  /// Where each name and each value began, in the order of the document; nil where nobody asks.
  private var places: [Int]?

  private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The one document that the bytes hold, with nothing but white space around it.
  public static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    try bytes.withUnsafeBufferPointer { (bytes) throws(JSONError) in try parse(lent: bytes) }
  }

  /// The same with the place of each name and each value, as bytes before it, in the order of the document.
  static func parseWithPlaces(
    _ bytes: [UInt8]
  ) throws(JSONError) -> (value: JSONValue, places: [Int]) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(JSONError) in
      var parser = JSONParser(bytes)
      parser.places = []
      let value = try parser.document()
      return (value, parser.places ?? [])
    }
  }

  private static func parse(lent bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) -> JSONValue {
    var parser = JSONParser(bytes)
    return try parser.document()
  }

  private mutating func document() throws(JSONError) -> JSONValue {
    let value = try value()
    skipWhiteSpace()
    guard position == bytes.count else { throw unexpected("the end of the document") }
    return value
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    skipWhiteSpace()
    guard let byte = next else { throw unexpected("a value") }
    places?.append(position)
    switch byte {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: throw unexpected("a value")
    }
  }

  private mutating func object() throws(JSONError) -> JSONValue {
    try enter()
    var members: [JSONMember] = []
    skipWhiteSpace()
    if take("}") { return leave(.object([])) }
    members.reserveCapacity(8)
    var names: Set<String> = []
    while true {
      skipWhiteSpace()
      guard next == UInt8(ascii: "\"") else { throw unexpected("a member's name in quotes") }
      let start = position
      places?.append(start)
      let name = try string()
      if isKnown(name, members, &names) {
        throw JSONError(
          .duplicateName,
          "the name \"\(name.shortened)\" is there twice in one object; which counts?",
          at: start, in: bytes)
      }
      skipWhiteSpace()
      guard take(":") else { throw unexpected("a colon") }
      members.append(JSONMember(name, try value()))
      skipWhiteSpace()
      if take(",") { continue }
      if take("}") { return leave(.object(members)) }
      throw unexpected("a comma or }")
    }
  }

  private func isKnown(
    _ name: String, _ members: [JSONMember], _ names: inout Set<String>
  ) -> Bool {
    if members.count <= Self.fewMembers { return members.contains { $0.name == name } }
    if names.isEmpty { names = Set(members.map(\.name)) }
    return !names.insert(name).inserted
  }

  private mutating func array() throws(JSONError) -> JSONValue {
    try enter()
    skipWhiteSpace()
    if take("]") { return leave(.array([])) }
    var elements: [JSONValue] = []
    while true {
      elements.append(try value())
      skipWhiteSpace()
      if take(",") { continue }
      if take("]") { return leave(.array(elements)) }
      throw unexpected("a comma or ]")
    }
  }

  private mutating func enter() throws(JSONError) {
    position += 1
    depth += 1
    guard depth <= Self.maximumDepth else {
      throw JSONError(
        .tooDeep, "nested deeper than \(Self.maximumDepth) levels", at: position - 1, in: bytes)
    }
  }

  private mutating func leave(_ value: JSONValue) -> JSONValue {
    depth -= 1
    return value
  }

  private mutating func word(
    _ word: StaticString, _ value: JSONValue
  ) throws(JSONError) -> JSONValue {
    let end = position + word.utf8CodeUnitCount
    let matches = word.withUTF8Buffer { letters in
      end <= bytes.count && bytes[position..<end].elementsEqual(letters)
    }
    guard matches else { throw unexpected("\(word)") }
    position = end
    return value
  }

  private mutating func number() throws(JSONError) -> String {
    let start = position
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    return text(from: start, to: position)
  }

  private mutating func digits() throws(JSONError) {
    let start = position
    while let byte = next, byte &- UInt8(ascii: "0") < 10 { position += 1 }
    guard position > start else { throw unexpected("a digit") }
  }
}

extension JSONParser {
  /// The byte to be read next; nil at the end.
  @inline(__always) var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  @inline(__always) mutating func take(_ mark: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: mark) else { return false }
    position += 1
    return true
  }

  @inline(__always) mutating func skipWhiteSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  /// Bytes of the document that are known to be UTF-8.
  func text(from start: Int, to end: Int) -> String {
    precondition(0 <= start && start <= end && end <= bytes.count)
    return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
  }

  func unexpected(_ expected: String) -> JSONError {
    let found =
      switch next {
      case nil: "the document ends"
      case .some(let byte) where (0x21..<0x7F).contains(byte):
        "there is \"\(Character(Unicode.Scalar(byte)))\""
      case .some(let byte): "there is the byte 0x" + String(byte, radix: 16, uppercase: true)
      }
    return JSONError(.syntax, "\(found) where \(expected) should be", at: position, in: bytes)
  }
}
