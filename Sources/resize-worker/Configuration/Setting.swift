/// One thing that can be configured: where it is read from, what it may be, and what it is for.
///
/// A setting `broker.url` is `broker: { url: … }` in the file, `RESIZE_WORKER_BROKER_URL` in the
/// environment and `--broker-url` on the
/// command line; the later of these wins. A secret is also read from a file that
/// `RESIZE_WORKER_BROKER_URL_FILE` names.
///
/// The code is ours, not swift-configuration's: unknown keys with a suggestion, errors that name
/// the place a value came from, and secrets
/// from files would each have to be built around that package, which has no way to list the keys of
/// a file.
struct Setting: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    case text
    /// What names of queues begin with, so many bytes of them.
    case queuePrefix(longest: Int)
    /// A whole number.
    case integer(ClosedRange<Int>)
    /// A number with a unit, such as `500ms`, `2s`, `5m`, `1h`.
    case duration(ClosedRange<Int64>)
    case flag
    /// Words with commas between them, or a list in the file.
    case list
    case choice([String])
  }

  /// Groups and words joined by points.
  let name: String
  let kind: Kind
  /// As it would be written; empty where there is none.
  let defaultText: String
  let explanation: String
  /// Whether its value must never be shown.
  let isSecret: Bool

  init(
    _ name: String, _ kind: Kind, default defaultText: String = "", secret isSecret: Bool = false,
    _ explanation: String
  ) {
    self.name = name
    self.kind = kind
    self.defaultText = defaultText
    self.explanation = explanation
    self.isSecret = isSecret
  }

  /// Words of the name, split at points and capitals, in small letters.
  private var words: [String] {
    var words: [String] = []
    for part in name.split(separator: ".") {
      var word = ""
      for letter in part {
        if letter.isUppercase {
          words.append(word)
          word = ""
        }
        word += letter.lowercased()
      }
      words.append(word)
    }
    return words
  }

  /// Such as `RESIZE_WORKER_BROKER_URL`.
  var environmentName: String {
    (["resize", "worker"] + words).joined(separator: "_").uppercased()
  }

  /// Names a file that holds the value; of secrets only.
  var fileEnvironmentName: String? { isSecret ? environmentName + "_FILE" : nil }

  /// Such as `broker-url`, without the dashes before it.
  var flagName: String { words.joined(separator: "-") }
}

extension Setting.Kind {
  /// Stands for a value in the help text.
  var valueName: String {
    switch self {
    case .text, .queuePrefix: "text"
    case .integer: "number"
    case .duration: "duration"
    case .flag: "true|false"
    case .list: "list"
    case .choice(let words): words.count > 3 ? "word" : words.joined(separator: "|")
    }
  }

  /// What may be written, for people.
  var description: String {
    switch self {
    case .text: "text"
    case .queuePrefix: "letters, digits, . _ -"
    case .integer(let range): "whole number, \(range.lowerBound) to \(range.upperBound)"
    case .duration: "duration"
    case .flag: "true or false"
    case .list: "list"
    case .choice(let words): words.joined(separator: ", ")
    }
  }
}
