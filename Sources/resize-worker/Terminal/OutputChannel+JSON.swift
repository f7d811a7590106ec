import Contracts

extension OutputChannel {
  /// A document on a line of its own.
  func json(_ value: JSONValue) {
    var writer = JSONWriter()
    writer.value(value)
    write(writer.bytes + [UInt8(ascii: "\n")])
  }

  /// A document with indentation, for files that people read.
  func indentedJSON(_ value: JSONValue) {
    line(value.indented())
  }
}

extension JSONValue {
  var text: String? { if case .string(let text) = self { text } else { nil } }
  var integer: Int? { if case .number(let text) = self { Int(text) } else { nil } }
  var members: [JSONMember]? { if case .object(let members) = self { members } else { nil } }
  var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

  /// An object of the members that have a value.
  static func object(some members: [(String, JSONValue?)]) -> JSONValue {
    .object(members.compactMap { name, value in value.map { JSONMember(name, $0) } })
  }

  fileprivate func indented(_ margin: String = "") -> String {
    let inner = margin + "  "
    switch self {
    case .array(let elements) where !elements.isEmpty:
      let lines = elements.map { inner + $0.indented(inner) }
      return "[\n" + lines.joined(separator: ",\n") + "\n\(margin)]"
    case .object(let members) where !members.isEmpty:
      let lines = members.map { member in
        inner + JSONValue.string(member.name).indented() + ": " + member.value.indented(inner)
      }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(margin)}"
    default:
      var writer = JSONWriter()
      writer.value(self)
      return String(decoding: writer.bytes, as: UTF8.self)
    }
  }
}
