import Glibc

/// How text is shown: colours and weights where a terminal wants them, and its width.
struct TextStyle: Sendable {
  enum Tone: String, Sendable {
    case good = "32"
    case bad = "31"
    case notable = "33"
    case quiet = "2"
    case strong = "1"
  }

  let isColourful: Bool
  /// How wide the terminal is; nil where there is none, and lines may have any length.
  let columns: Int?

  static let plain = TextStyle(isColourful: false, columns: nil)

  /// Colour on a terminal only, and not where `NO_COLOR` is set (no-color.org) or the terminal is
  /// `dumb`.
  init(for channel: OutputChannel, environment: [String: String]) {
    isColourful =
      channel.isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    columns = channel.columns
  }

  init(isColourful: Bool, columns: Int?) {
    self.isColourful = isColourful
    self.columns = columns
  }

  func paint(_ text: String, _ tone: Tone?) -> String {
    guard isColourful, let tone, !text.isEmpty else { return text }
    return "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m"
  }
}
