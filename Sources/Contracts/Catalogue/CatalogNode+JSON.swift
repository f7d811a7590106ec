extension CatalogNode {
  /// Whether the first that a file holds is a name in quotes inside of a bracket.
  static func beginsAsJSON(_ bytes: [UInt8]) -> Bool {
    let whiteSpace = Array(" \t\r\n".utf8)
    return bytes.lazy.filter { !whiteSpace.contains($0) }.prefix(2).elementsEqual("{\"".utf8)
  }

  /// Reads JSON, with the places that YAML would give.
  init(json bytes: [UInt8]) throws(JSONError) {
    let (value, offsets) = try JSONParser.parseWithPlaces(bytes)
    var places = TextPlaces(of: bytes, at: offsets)
    self.init(value, &places)
  }

  /// A catalogue inside a JSON document, such as a scenario; places are not known.
  init(_ value: JSONValue) {
    var places = TextPlaces(of: [], at: [])
    self.init(value, &places)
  }

  private init(_ value: JSONValue, _ places: inout TextPlaces) {
    position = places.next()
    switch value {
    case .null: content = .null
    case .bool(let flag): content = .scalar(flag ? "true" : "false", isQuoted: false)
    case .number(let text): content = .scalar(text, isQuoted: false)
    case .string(let text): content = .scalar(text, isQuoted: true)
    case .array(let elements): content = .sequence(elements.map { CatalogNode($0, &places) })
    case .object(let members):
      content = .mapping(
        members.map { member in
          let place = places.next()
          var value = CatalogNode(member.value, &places)
          if !value.isScalar { value.position = place }
          return Entry(key: member.name, position: place, value: value)
        })
    }
  }
}

extension CatalogSyntaxProblem {
  init(_ error: JSONError, in bytes: [UInt8]) {
    var places = TextPlaces(of: bytes, at: [error.offset])
    self.init(places.next(), (error.code == .syntax ? "is no JSON: " : "") + error.message)
  }
}

/// Lines and columns of some places in a text, one after the other; columns count characters of Unicode.
private struct TextPlaces {
  private let bytes: [UInt8]
  private var offsets: ArraySlice<Int>
  private var offset = 0
  private var position = TextPosition(line: 1, column: 1)

  /// - Parameter offsets: Bytes before each place, in rising order.
  init(of bytes: [UInt8], at offsets: [Int]) {
    self.bytes = bytes
    self.offsets = offsets[...]
  }

  /// Nil after the last.
  mutating func next() -> TextPosition? {
    guard let next = offsets.popFirst() else { return nil }
    while offset < next {
      let byte = bytes[offset]
      offset += 1
      if byte == UInt8(ascii: "\n") {
        position = TextPosition(line: position.line + 1, column: 1)
      } else if byte & 0xC0 != 0x80 {
        position.column += 1
      }
    }
    return position
  }
}
