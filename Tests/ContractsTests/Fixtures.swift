import Contracts
import Foundation

/// Files of the project that tests read.
enum Fixtures {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  static let schemas = root.appending(path: "schemas")
  static let examples = schemas.appending(path: "examples")

  static func bytes(_ url: URL) throws -> [UInt8] { Array(try Data(contentsOf: url)) }

  static func example(_ name: String) throws -> [UInt8] {
    try bytes(examples.appending(path: name + ".json"))
  }

  /// The names of all examples of messages, without `.json`.
  static func exampleNames() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: examples.path())
      .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }

  /// Examples of messages that the worker reads, or of those that it writes.
  static func exampleNames(incoming: Bool) throws -> [String] {
    try exampleNames().filter { name in
      EventType.incoming.contains { name.hasPrefix($0.rawValue) } == incoming
    }
  }

  /// `resize.requested.v1.json` as a tree, to be bent in tests.
  static func request() throws -> JSONValue {
    try JSONParser.parse(example("resize.requested.v1"))
  }

  static var scenarioLines: [[UInt8]] {
    get throws {
      let file = root.appending(path: "Tests/BillingTests/Vectors/quotes.jsonl")
      return try bytes(file).split(separator: UInt8(ascii: "\n")).map { Array($0) }
    }
  }
}

extension JSONValue {
  var bytes: [UInt8] {
    var writer = JSONWriter()
    writer.value(self)
    return writer.bytes
  }

  /// The same tree with the value at a path of names replaced, added, or, by nil, taken out.
  func setting(_ path: String, to value: JSONValue?) -> JSONValue {
    setting(path.split(separator: ".").map(String.init)[...], to: value)
  }

  private func setting(_ path: ArraySlice<String>, to value: JSONValue?) -> JSONValue {
    guard let name = path.first, case .object(var members) = self else { return self }
    let index = members.firstIndex { $0.name == name }
    guard path.count > 1 else {
      if let index { members.remove(at: index) }
      if let value { members.append(JSONMember(name, value)) }
      return .object(members)
    }
    let inner = index.map { members[$0].value } ?? .object([])
    let changed = JSONMember(name, inner.setting(path.dropFirst(), to: value))
    if let index { members[index] = changed } else { members.append(changed) }
    return .object(members)
  }
}
