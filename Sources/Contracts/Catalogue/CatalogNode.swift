/// A piece of a catalogue as it was written, YAML or JSON, with its place.
struct CatalogNode {
  enum Content {
    case null
    /// Its text as it stands there: `16.8` is never a floating-point number.
    case scalar(String, isQuoted: Bool)
    case sequence([CatalogNode])
    case mapping([Entry])
  }

  struct Entry {
    var key: String
    var position: TextPosition?
    var value: CatalogNode
  }

  var content: Content
  /// Where a value begins; of a group or a list that has a name, where the name stands.
  var position: TextPosition?

  var isScalar: Bool {
    if case .scalar = content { true } else { false }
  }

  var kindInWords: String {
    switch content {
    case .null: "empty"
    case .scalar(let text, _): "\"\(text.shortened)\""
    case .sequence: "a list"
    case .mapping: "a group of fields"
    }
  }
}

extension CatalogNode {
  /// A catalogue inside a JSON document, such as a scenario; places are not known.
  init(_ value: JSONValue) {
    position = nil
    switch value {
    case .null: content = .null
    case .bool(let flag): content = .scalar(flag ? "true" : "false", isQuoted: false)
    case .number(let text): content = .scalar(text, isQuoted: false)
    case .string(let text): content = .scalar(text, isQuoted: true)
    case .array(let elements): content = .sequence(elements.map { CatalogNode($0) })
    case .object(let members):
      content = .mapping(
        members.map { Entry(key: $0.name, position: nil, value: CatalogNode($0.value)) })
    }
  }
}
