import Contracts
import Testing

/// A value at the edge of what a field may have, or just beyond it.
struct SchemaEdge: Sendable, CustomTestStringConvertible {
  enum Kind: Sendable { case instance, order, catalogue }

  var kind: Kind
  var path: String
  var value: JSONValue
  var isAllowed: Bool

  var testDescription: String { "\(path) = \(value)" }

  /// The document that has the value, and is right but for it.
  func document(named name: String) throws -> JSONValue {
    switch kind {
    case .instance, .order:
      let message = try JSONParser.parse(Fixtures.example("instance.changed.v1"))
        .setting("id", to: .string(name))
      guard kind == .order else { return message.setting("data.\(path)", to: value) }
      guard case .array(let orders)? = message["data"]?["instance"]?["orders"] else {
        return message
      }
      return message.setting(
        "data.instance.orders", to: .array([try #require(orders.first).setting(path, to: value)]))
    case .catalogue:
      let text = """
        {"name": "\(name)", "currency": "USD", "products": {"p": {
          "upgrade": {"policy": "dailyDifferential", "termTiers":
            {"minMonths": 6, "payRatio": "0.5"}},
          "downgrade": {"policy": "unusedValueRefund"}, "limits": {"maxDowngrades": 1},
          "specs": {"s": {"monthly": 1, "vcpu": 1, "hourly": {"price": 1}}}},
          "u": {"unit": {"termPrice": 1, "min": 1},
          "upgrade": {"policy": "unitProration"}, "downgrade": {"policy": "unitProration"}}}}
        """
      let document = try JSONParser.parse(Array(text.utf8)).setting(path, to: value)
      // What the paths above lead through as a group is a list of one.
      return ["products.p.upgrade.termTiers", "products.p.specs.s.hourly"].reduce(document) {
        document, path in
        let group = path.split(separator: ".").reduce(document) { $0[String($1)] ?? .null }
        let step = path.hasSuffix("hourly") && group["uptoHours"] != nil
        let last = JSONValue.object([JSONMember("price", .number("1"))])
        return document.setting(path, to: .array(step ? [group, last] : [group]))
      }
    }
  }

  /// Whether the reader takes the document.
  func isRead(_ document: JSONValue) -> Bool {
    guard kind == .catalogue else {
      return (try? IncomingMessage.decode(document.bytes)) != nil
    }
    return CatalogDocument(document.bytes).isValid
  }

  /// A whole number's edges, from the least to the most, and one beyond each.
  private static func range(
    _ kind: Kind, _ path: String, _ range: ClosedRange<Int64>
  ) -> [SchemaEdge] {
    func edge(_ digits: String, _ isAllowed: Bool) -> SchemaEdge {
      SchemaEdge(kind: kind, path: path, value: .number(digits), isAllowed: isAllowed)
    }
    let (least, most) = (Int128(range.lowerBound), Int128(range.upperBound))
    return [
      edge("\(least - 1)", false), edge("\(least)", true), edge("\(most)", true),
      edge("\(most + 1)", false),
    ]
  }

  private static func texts(
    _ kind: Kind, _ path: String, _ texts: KeyValuePairs<String, Bool>
  ) -> [SchemaEdge] {
    texts.map { SchemaEdge(kind: kind, path: path, value: .string($0), isAllowed: $1) }
  }

  static let instances: [SchemaEdge] = [
    range(.instance, "revision", 0...(.max)),
    range(.instance, "instance.usage.fullMonths", -12_000...12_000),
    range(.instance, "instance.usage.partialSeconds", -100_000_000_000...100_000_000_000),
    range(.instance, "instance.units", 0...1_000_000_000),
    range(.instance, "instance.downgrades", 0...1_000_000_000),
    range(.order, "terms", -1_000_000_000...1_000_000_000),
    range(.order, "change.from.units", 0...1_000_000_000),
    range(.order, "change.to.mbps", 0...1_000_000_000),
    texts(
      .order, "paidCash",
      [
        "9999999999999999999.999999999999999999": true, "10000000000000000000": false,
        "-9999999999999999999": true, "0.0000000000000000001": false, "-0": false,
      ]),
  ].flatMap { edges in
    edges.map { edge in
      // A change has two sides, and the path sets but one.
      var edge = edge
      guard edge.path.hasPrefix("change.") else { return edge }
      let parts = edge.path.split(separator: ".").map(String.init)
      let empty = JSONValue.object([])
      edge.value = JSONValue.object([JSONMember("from", empty), JSONMember("to", empty)])
        .setting(parts.dropFirst().joined(separator: "."), to: edge.value)
      edge.path = "change"
      return edge
    }
  }

  static let catalogues: [SchemaEdge] =
    range(.catalogue, "products.p.limits.maxDowngrades", 0...2_147_483_647)
    + range(.catalogue, "products.p.specs.s.vcpu", 0...2_147_483_647)
    + range(.catalogue, "products.p.specs.s.hourly.uptoHours", 1...2_147_483_647)
    + range(.catalogue, "products.p.upgrade.termTiers.minMonths", 0...2_147_483_647)
    + range(.catalogue, "products.u.unit.min", 1...2_147_483_647)
    + texts(
      .catalogue, "products.p.upgrade.termTiers.payRatio",
      [
        "0": false, "0.0": false, "0.000000000000000000": false, "0.000000000000000001": true,
        "0.10": true, "1": true, "1.0": true, "1.000000000000000001": false,
      ])
    + texts(
      .catalogue, "products.p.specs.s.monthly",
      [
        "9999999999999999999.999999999999999999": true, "10000000000000000000": false,
        "-1": false, "0.0000000000000000001": false,
      ])
}
