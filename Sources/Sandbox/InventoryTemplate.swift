import Billing

/// An inventory whose times are written relative to now, so that an example always has, say, exactly 244 days left.
public struct InventoryTemplate: Sendable {
  private let text: String

  public init(_ text: String) {
    self.text = text
  }

  /// Replaces every `"now"`, `"now-121d"`, `"now+36h"` by the instant it means.
  /// - Throws: `InventoryTemplateError` naming the first time that cannot be read.
  public func rendered(now: Instant) throws(InventoryTemplateError) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "\"now") {
      result += rest[..<start.lowerBound]
      rest = rest[start.upperBound...]
      guard let quote = rest.firstIndex(of: "\"") else {
        throw InventoryTemplateError(offset: "now" + rest.prefix(20))
      }
      let offset = rest[..<quote]
      guard let seconds = Self.seconds(of: offset) else {
        throw InventoryTemplateError(offset: "now" + offset)
      }
      let instant = Instant(secondsSinceEpoch: now.secondsSinceEpoch + seconds)
      result += "\"" + instant.rfc3339 + "\""
      rest = rest[rest.index(after: quote)...]
    }
    return result + rest
  }

  private static func seconds(of offset: Substring) -> Int64? {
    if offset.isEmpty { return 0 }
    let units: [Character: Int64] = ["d": 86_400, "h": 3_600, "m": 60, "s": 1]
    guard let unit = offset.last.flatMap({ units[$0] }), let sign = offset.first,
      sign == "+" || sign == "-", let count = Int64(offset.dropFirst().dropLast()), count >= 0,
      count < 100_000_000
    else { return nil }
    return (sign == "-" ? -count : count) * unit
  }
}

/// A relative time that cannot be read.
public struct InventoryTemplateError: Error, Sendable, CustomStringConvertible {
  public var offset: String

  public var description: String {
    "\(offset) is no time relative to now; write it like now, now-121d, now+36h, now-5m"
  }
}
