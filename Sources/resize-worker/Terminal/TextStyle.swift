import Glibc

/// Colours and weights, for terminals that want them.
struct TextStyle: Sendable {
  enum Tone: String, Sendable {
    case good = "32"
    case bad = "31"
    case notable = "33"
    case quiet = "2"
    case strong = "1"
  }

  let isColourful: Bool

  static let plain = TextStyle(isColourful: false)

  /// Colour on a terminal only, and not where `NO_COLOR` is set (no-color.org) or the terminal is
  /// `dumb`.
  init(for channel: OutputChannel, environment: [String: String]) {
    isColourful =
      channel.isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  private init(isColourful: Bool) { self.isColourful = isColourful }

  func paint(_ text: String, _ tone: Tone?) -> String {
    guard isColourful, let tone, !text.isEmpty else { return text }
    return "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m"
  }
}
