import Contracts

/// What the author of a request or a scenario expects of the outcome; what is not named may be
/// anything.
struct Expectation: Sendable {
  /// Names by which an outcome is looked at; `outcome`, `code` and `rejection` are other words for
  /// what messages call otherwise.
  static let names = [
    "status", "outcome", "direction", "amount", "currency", "exact", "policy", "voucherApplied",
    "newExpiresAt", "reason", "code", "rejection",
  ]

  private let members: [JSONMember]

  /// - Throws: `Problem` naming what is expected of something that no outcome has.
  init(_ value: JSONValue) throws(Problem) {
    guard let members = value.members else {
      throw Problem(.usage, "\"expected\" should be an object, but is \(value.kindInWords)")
    }
    for member in members where !Self.names.contains(member.name) {
      let nearest = member.name.nearest(among: Self.names)
      throw Problem(
        .usage,
        "\"expected\" names \(member.name.printable); "
          + (nearest.map { "did you mean \($0)?" } ?? "use " + Self.names.joined(separator: ", ")))
    }
    self.members = members
  }

  /// Where an outcome is otherwise: `amount is 12.57, expected 12.58`.
  func differences(from outcome: Outcome) -> [String] {
    members.compactMap { member in
      let expected = member.value.text ?? ""
      let actual = outcome[member.name]
      guard member.value != .null || actual != nil else { return nil }
      guard actual != expected || member.value.text == nil else { return nil }
      return "\(member.name) is \(actual ?? "missing"), expected \(expected)"
    }
  }

  /// The parts of an outcome that can be expected.
  struct Outcome: Sendable {
    var status: String?
    var quote: JSONValue?
    var reasonCode: String?
    var newExpiresAt: String?

    init(status: String? = nil, quote: JSONValue?, reasonCode: String?) {
      self.status = status
      self.quote = quote
      self.reasonCode = reasonCode
      newExpiresAt = quote?["newExpiresAt"]?.text
    }

    fileprivate subscript(name: String) -> String? {
      switch name {
      case "status", "outcome": status
      case "reason", "code", "rejection": reasonCode
      case "newExpiresAt": newExpiresAt
      default: quote?[name]?.text
      }
    }
  }
}
