import Billing
import Contracts
import Resizing
import Testing

@Suite("Scenarios")
struct ScenarioTests {
  @Test(
    "Every line of the reference vectors is read and answered as it expects",
    arguments: try Fixtures.scenarioLines)
  func vectors(_ line: [UInt8]) throws {
    guard case .scenario(let scenario) = ScenarioLine(line) else {
      Issue.record("cannot be read: \(ScenarioLine(line))")
      return
    }
    let answer = try JSONParser.parse(ScenarioAnswer.answer(line))
    #expect(answer["id"] == scenario.id)
    let expected = try #require(scenario.expected)
    if let rejection = expected["rejection"] {
      #expect(answer["rejection"]?["code"] == rejection)
      return
    }
    guard case .object(let members) = expected else { return }
    for member in members { #expect(answer["quote"]?[member.name] == member.value) }
  }

  @Test("A line that cannot be read is answered with its id, if it has one")
  func unreadable() throws {
    let line = try JSONParser.parse(Fixtures.scenarioLines[0])
    let cases: [(JSONValue, String, String)] = [
      (line.setting("now", to: .string("today")), "MalformedRequest", "now"),
      (line.setting("now", to: nil), "MalformedRequest", "now is missing"),
      (line.setting("request.target", to: nil), "MalformedRequest", "request.target"),
      (
        line.setting("instance.billingMode", to: .string("x")), "MalformedRequest",
        "instance.billingMode"
      ),
      (line.setting("catalog.currency", to: .string("XYZ")), "InvalidCatalog", "catalog.currency"),
      (
        line.setting("catalog.products.cvm.timeZone", to: .string("Mars/Olympus")),
        "InvalidCatalog", "timeZone"
      ),
      (
        line.setting("catalog.products.cvm.upgrade.policy", to: .string("free")), "InvalidCatalog",
        "policy"
      ),
      (
        line.setting("catalog.products.cvm.specs.new.monthly", to: .string("1e3")),
        "InvalidCatalog", "monthly"
      ),
    ]
    for (document, code, says) in cases {
      guard case .unreadable(let id, let rejection) = ScenarioLine(document.bytes) else {
        Issue.record("was read: \(says)")
        continue
      }
      #expect(id == .string("tc-up-01-seed"))
      #expect(rejection.code == code && rejection.message.contains(says))
      let answer = try JSONParser.parse(ScenarioAnswer.answer(document.bytes))
      #expect(answer["rejection"]?["code"] == .string(code))
    }
    #expect(
      ScenarioLine(Array("{".utf8))
        == .unreadable(
          id: .null,
          rejection: Reason(
            .malformedRequest,
            "line 1, column 2: the document ends where a member's name in quotes should be")))
  }

  @Test("Prices that make no sense are read: the quote answers them")
  func negativePrice() throws {
    let line = try JSONParser.parse(Fixtures.scenarioLines[0])
      .setting("catalog.products.cvm.specs.new.monthly", to: .string("-44.8"))
      .setting("catalog.products.cvm.upgrade.somethingNew", to: .bool(true))
    let answer = try JSONParser.parse(ScenarioAnswer.answer(line.bytes))
    #expect(answer["rejection"]?["code"] == .string("InvalidPrice"))
  }
}
