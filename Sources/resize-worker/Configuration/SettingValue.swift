import Billing

/// A value that was given to a setting, read as what the setting is.
enum SettingValue: Sendable, Equatable {
  case text(String)
  case integer(Int)
  case milliseconds(Int64)
  case flag(Bool)
  case list([String])

  /// Reads a value of this kind.
  /// - Returns: Nil, and what should be there, where it is none.
  init?(_ text: String, as kind: Setting.Kind) {
    switch kind {
    case .text:
      self = .text(text)
    case .queuePrefix(let longest):
      let isName = text.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || "._-".utf8.contains($0)
      }
      // RabbitMQ keeps names that begin so for itself.
      guard isName, (1...longest).contains(text.utf8.count), !text.hasPrefix("amq.") else {
        return nil
      }
      self = .text(text)
    case .integer(let range):
      guard let number = Int(text), range.contains(number) else { return nil }
      self = .integer(number)
    case .duration(let range):
      guard let milliseconds = Self.milliseconds(text), range.contains(milliseconds) else {
        return nil
      }
      self = .milliseconds(milliseconds)
    case .flag:
      switch text.lowercased() {
      case "true", "yes", "on", "1": self = .flag(true)
      case "false", "no", "off", "0": self = .flag(false)
      default: return nil
      }
    case .list:
      let words = text.split(separator: ",").map { $0.trimmingSpaces }
      self = .list(words.filter { !$0.isEmpty })
    case .choice(let words):
      guard words.contains(text) else { return nil }
      self = .text(text)
    }
  }

  /// Reads a whole number with one of the units `ms`, `s`, `m`, `h`, `d`; nil for anything else.
  static func milliseconds(_ text: String) -> Int64? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let units: [Substring: Int64] = [
      "ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000,
    ]
    guard let number = Int64(digits), let unit = units[text.dropFirst(digits.count)] else {
      return nil
    }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit)
    return overflow ? nil : product
  }

  /// As it would be written.
  var text: String {
    switch self {
    case .text(let text): text
    case .integer(let number): String(number)
    case .milliseconds(let milliseconds): Self.text(milliseconds: milliseconds)
    case .flag(let flag): String(flag)
    case .list(let words): words.joined(separator: ", ")
    }
  }

  static func text(milliseconds: Int64) -> String {
    let units: [(String, Int64)] = [
      ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000),
    ]
    for (unit, length) in units where milliseconds >= length && milliseconds % length == 0 {
      return "\(milliseconds / length)\(unit)"
    }
    return "\(milliseconds)ms"
  }
}

extension Setting.Kind {
  /// What to write instead of a value that is none, for people.
  var advice: String {
    switch self {
    case .text, .list: "write text"
    case .queuePrefix(let longest):
      "write 1 to \(longest) of the letters a-z and A-Z, digits, and . _ -, not beginning with amq."
    case .integer(let range):
      "write a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .duration(let range):
      "write a whole number with a unit, such as 500ms, 2s, 5m or 1h, from "
        + SettingValue.text(milliseconds: range.lowerBound) + " to "
        + SettingValue.text(milliseconds: range.upperBound)
    case .flag: "write true or false"
    case .choice(let words): "write one of " + words.joined(separator: ", ")
    }
  }
}

extension StringProtocol {
  var trimmingSpaces: String {
    let start = drop { $0.isWhitespace }
    let trailing = start.reversed().prefix { $0.isWhitespace }.count
    return String(start.dropLast(trailing))
  }
}
