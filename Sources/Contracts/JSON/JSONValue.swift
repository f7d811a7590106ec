/// A JSON document as a tree (RFC 8259).
///
/// Numbers keep the text they were written with: nothing here ever passes through floating point.
/// Objects keep the order of their members, and have no two of the same name.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([JSONMember])

  /// The member of this name, or nil if there is none or this is no object.
  ///
  /// Looks at one member after the other: messages have few.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members[name]
  }

  /// What it is, in words for people: `a string`, `an object`, …
  public var kindInWords: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// One name and value of a JSON object.
public struct JSONMember: Sendable, Hashable {
  public var name: String
  public var value: JSONValue

  public init(_ name: String, _ value: JSONValue) {
    self.name = name
    self.value = value
  }
}

extension [JSONMember] {
  subscript(name: String) -> JSONValue? {
    for member in self where member.name == name { return member.value }
    return nil
  }
}
