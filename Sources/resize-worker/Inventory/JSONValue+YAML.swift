import Contracts
import Yams

extension JSONValue {
  /// Reads a YAML document as if it were JSON; what is quoted is a string, and so is what JSON has
  /// no word for.
  init(yaml bytes: [UInt8], from path: String) throws(Problem) {
    do {
      guard let node = try Yams.compose(yaml: String(decoding: bytes, as: UTF8.self)) else {
        throw Problem(.usage, "\(path) is empty")
      }
      self = JSONValue(node)
    } catch {
      throw error as? Problem
        ?? Problem(.usage, "\(path) \(ConfigurationFile.explanation(error))")
    }
  }

  private init(_ node: Node) {
    switch node {
    case .mapping(let mapping):
      self = .object(
        mapping.map { key, value in JSONMember(key.scalar?.string ?? "", JSONValue(value)) })
    case .sequence(let sequence):
      self = .array(sequence.map { JSONValue($0) })
    case .scalar(let scalar):
      self = scalar.style == .plain ? .plain(scalar.string) : .string(scalar.string)
    case .alias:
      self = .null
    }
  }

  private static func plain(_ text: String) -> JSONValue {
    switch text {
    case "", "~", "null": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    default:
      if let number = try? JSONParser.parse(Array(text.utf8)), case .number = number {
        return number
      }
      return .string(text)
    }
  }
}
