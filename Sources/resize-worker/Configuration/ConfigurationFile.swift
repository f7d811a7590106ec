import Foundation
import Yams

/// The settings that a file in YAML or JSON gives, in its order.
struct ConfigurationFile {
  struct Entry {
    var setting: Setting
    var text: String
    /// Counts from 1.
    var line: Int
  }

  private(set) var entries: [Entry] = []
  private let path: String

  /// - Throws: `Problem` where the file cannot be read, or one of its keys is no setting.
  init(path: String) throws(Problem) {
    let bytes = try InputFile.read(path, called: "the configuration file ")
    try self.init(path: path, text: String(decoding: bytes, as: UTF8.self))
  }

  init(path: String, text: String) throws(Problem) {
    self.path = path
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw Problem(.usage, "\(path) \(Self.explanation(error))")
    }
    guard let root else { return }
    guard let mapping = root.mapping else {
      throw Problem(.usage, "\(path) should hold settings by name, such as \"broker:\"")
    }
    try read(mapping, prefix: "")
  }

  private mutating func read(_ mapping: Node.Mapping, prefix: String) throws(Problem) {
    for (key, value) in mapping {
      let name = prefix + (key.scalar?.string ?? "?")
      let line = key.mark?.line ?? 0
      if let group = value.mapping, Self.isGroup(name) {
        try read(group, prefix: name + ".")
      } else if let setting = Setting.all.first(where: { $0.name == name }) {
        guard let text = Self.text(value) else {
          throw Problem(
            .usage, "\(name) (\(path), line \(line)) is no single value; \(setting.kind.advice)")
        }
        if Self.isNull(value) { continue }
        if let first = entries.first(where: { $0.setting == setting }) {
          throw Problem(
            .usage, "\(path) has \(name) twice, on lines \(first.line) and \(line); leave one out")
        }
        entries.append(Entry(setting: setting, text: text, line: line))
      } else if !(Self.isNull(value) && Self.isGroup(name)) {
        throw Problem(.usage, "\(path), line \(line): " + Self.unknown(name))
      }
    }
  }

  private static func text(_ node: Node) -> String? {
    if let scalar = node.scalar { return scalar.string }
    guard let sequence = node.sequence else { return nil }
    let words = sequence.compactMap(\.scalar?.string)
    return words.count == sequence.count ? words.joined(separator: ",") : nil
  }

  private static func isNull(_ node: Node) -> Bool {
    node.scalar.map { $0.style == .plain && ["", "null", "~"].contains($0.string) } ?? false
  }

  /// Whether settings are below that name, such as `broker` or `payments.backoff`.
  private static func isGroup(_ name: String) -> Bool {
    Setting.all.contains { $0.name.hasPrefix(name + ".") }
  }

  private static func unknown(_ name: String) -> String {
    if let first = Setting.all.first(where: { $0.name.hasPrefix(name + ".") }) {
      return "\(name) is a group of settings, such as \(first.name); it has no value of its own"
    }
    let groups = Setting.all.flatMap { setting in
      setting.name.indices.filter { setting.name[$0] == "." }.map { String(setting.name[..<$0]) }
    }
    let nearest = name.nearest(among: Setting.all.map(\.name) + groups)
    let advice = nearest.map { "did you mean \($0)?" } ?? "see `resize-worker config reference`"
    return "there is no setting \(name.printable); \(advice)"
  }

  /// What is wrong with a document that the parser refuses, to stand after the name of its file.
  static func explanation(_ error: any Error) -> String {
    let reason: String
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      reason = "line \(mark.line), \(problem)"
    case .duplicatedKeysInMapping(let duplicates, let context):
      return
        "has \(duplicates.joined(separator: ", ").printable) twice in the group that begins on "
        + "line \(context.mark.line)"
    default: reason = "\(error)".split(separator: "\n").first.map(String.init) ?? "unreadable"
    }
    return "is neither YAML nor JSON: \(reason)"
  }
}
