import Contracts
import Resizing
import Testing

@Suite("Bad input")
struct BadInputTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var path: String
    var value: JSONValue?
    var code: ContractViolation.Code
    /// A part of the message for people.
    var says: String
    var testDescription: String { "\(path) = \(value.map { "\($0)" } ?? "nothing")" }

    init(
      _ path: String, _ value: JSONValue?, _ code: ContractViolation.Code, _ says: String = ""
    ) {
      (self.path, self.value, self.code, self.says) = (path, value, code, says)
    }
  }

  static func usd(_ value: JSONValue) -> JSONValue {
    .object([JSONMember("currency", .string("USD")), JSONMember("value", value)])
  }

  static let envelope: [Case] = [
    Case("specversion", nil, .notACloudEvent, "\"specversion\": \"1.0\""),
    Case("specversion", .string("0.3"), .notACloudEvent),
    Case("specversion", .number("1.0"), .notACloudEvent),
    Case("type", nil, .missingField), Case("type", .number("1"), .wrongType),
    Case("type", .string("resize.requested.v2"), .unsupportedVersion, "resize.requested.v1"),
    Case("type", .string("resize.requested.v10"), .unsupportedVersion),
    Case(
      "type", .string("resize.request.v1"), .unknownType, "did you mean \"resize.requested.v1\""),
    Case("type", .string("resize.requested"), .unsupportedVersion),
    Case("type", .string("resize.status.v1"), .unknownType),
    Case("type", .string(""), .unknownType),
    Case("id", nil, .missingField), Case("id", .string(""), .invalidValue),
    Case("id", .string(String(repeating: "i", count: 256)), .invalidValue),
    Case("source", nil, .missingField), Case("time", .string("yesterday"), .invalidValue),
    Case("subject", .number("1"), .wrongType),
    Case("datacontenttype", .string("text/xml"), .invalidValue),
    Case("data_base64", .string("e30="), .invalidValue), Case("data", nil, .missingField),
    Case("data", .string("{}"), .wrongType), Case("data", .array([]), .wrongType),
  ]

  static let fields: [Case] = [
    Case("data.requestId", nil, .missingField), Case("data.requestId", .null, .missingField),
    Case("data.requestId", .number("7"), .wrongType),
    Case("data.requestId", .string(""), .invalidValue),
    Case("data.requestId", .string("a\u{7}b"), .invalidValue, "\\u{7}"),
    Case("data.requestId", .string("a\u{0}"), .invalidValue),
    Case("data.requestId", .string("a\nb"), .invalidValue),
    Case("data.requestId", .string(" a"), .invalidValue),
    Case("data.requestId", .string("é"), .invalidValue),
    Case("data.requestId", .string(String(repeating: "r", count: 129)), .invalidValue),
    Case("data.tenantId", nil, .missingField), Case("data.instanceId", .bool(true), .wrongType),
    Case("data.target", nil, .missingField), Case("data.target", .string("S5"), .wrongType),
    Case("data.target", .object([]), .missingField, "at least one"),
    Case("data.target.spec", .number("5"), .wrongType),
    Case("data.target.spec", .string(""), .invalidValue),
    Case("data.target.units", .number("5"), .invalidValue, "both"),
    Case("data.target.mbps", .number("-1"), .invalidValue),
    Case("data.target.mbps", .string("5"), .wrongType),
    Case("data.target.mbps", .number("5.0"), .invalidValue),
    Case("data.target.mbps", .number("1e3"), .invalidValue),
    Case("data.target.mbps", .number("-0"), .invalidValue),
    Case("data.target.mbps", .number("99999999999999999999"), .invalidValue),
    Case("data.target.mbps", .number("1000000001"), .invalidValue),
    Case("data.billingMode", .string("prepayd"), .invalidValue, "did you mean \"prepaid\"?"),
    Case("data.billingMode", .string("free"), .invalidValue, "\"prepaid\", \"postpaid\""),
    Case("data.billingMode", .string("Prepaid"), .invalidValue),
    Case("data.dryRun", .string("true"), .wrongType), Case("data.dryRun", .number("1"), .wrongType),
  ]

  static let amounts: [Case] =
    [
      "1e3", "-0", "-0.00", "NaN", "Infinity", "0.001", "1.", ".5", "+1", " 1", "1 ", "１", "1,000",
      "0x10", "",
      "-1.00", "00.5", "01", "1_000", "99999999999999999999", "92233720368547758.08", "1.2.3",
      "--1",
    ].map { Case("data.voucher", usd(.string($0)), .invalidValue) } + [
      Case("data.voucher", usd(.number("50.00")), .wrongType, "\"197.66\""),
      Case("data.voucher", usd(.null), .missingField),
      Case("data.voucher", .string("50.00 USD"), .wrongType),
      Case("data.voucher", .number("50"), .wrongType),
      Case(
        "data.maxCharge",
        .object([JSONMember("currency", .string("usd")), JSONMember("value", .string("1"))]),
        .invalidValue, "write \"USD\""),
      Case(
        "data.maxCharge",
        .object([JSONMember("currency", .string("XYZ")), JSONMember("value", .string("1"))]),
        .invalidValue, "ISO 4217"),
      Case(
        "data.maxCharge",
        .object([JSONMember("currency", .string("JPY")), JSONMember("value", .string("1.5"))]),
        .invalidValue, "0 digits"),
      Case("data.maxCharge", .object([JSONMember("value", .string("1"))]), .missingField),
    ]

  static let dates: [Case] = [
    "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z",
    "1969-12-31T23:59:59Z", "10000-01-01T00:00:00Z", "2026-11-20", "2026-11-20 08:00:00Z",
    "2026-11-20T08:00:00", "2026-11-20T24:00:00Z", "2026-11-20T08:00:60Z", "2026-11-20t08:00:00z",
    "2026-11-20T08:00:00+99:00", "1763625600", "", "-2026-11-20T08:00:00Z",
  ].map { Case("time", .string($0), .invalidValue) }

  @Test(
    "Each is refused by its code and its field, and the request can still be answered",
    arguments: envelope + fields + amounts + dates)
  func table(_ bad: Case) throws {
    let body = try Fixtures.request().setting(bad.path, to: bad.value).bytes
    let violation = try #require(throws: ContractViolation.self) {
      try IncomingMessage.decode(body)
    }
    #expect(violation.code == bad.code)
    #expect(violation.path.hasPrefix(bad.path) || bad.path.hasPrefix(violation.path))
    #expect(bad.says.isEmpty || violation.message.contains(bad.says))
    if bad.path != "data" && bad.path != "data.requestId" {
      #expect(violation.identity.requestId == "01993c3e-58d2-7c51-9b1e-6a5d0f3f7a10")
    }
    if bad.path == "data.requestId" { #expect(violation.identity.requestId == nil) }
    #expect(violation.message.utf8.allSatisfy { $0 >= 0x20 })
  }

  @Test("A misspelt field is named with what it should be")
  func misspelt() throws {
    let body = try Fixtures.request().setting("data.requestId", to: nil)
      .setting("data.requestID", to: .string("r-1")).bytes
    let violation = try #require(throws: ContractViolation.self) {
      try IncomingMessage.decode(body)
    }
    #expect(
      violation.message
        == "data.requestId is missing; there is \"requestID\", did you mean \"requestId\"?")
  }

  @Test("Of a body that is no JSON the ids are found all the same")
  func broken() throws {
    let body = try Fixtures.example("resize.requested.v1")
    var notUTF8 = try Fixtures.request().setting("data.note", to: .string("@")).bytes
    notUTF8[try #require(notUTF8.firstIndex(of: UInt8(ascii: "@")))] = 0xFF
    for (bytes, code) in [
      (Array(body.dropLast(9)), ContractViolation.Code.invalidJSON),
      (body + [UInt8(ascii: "x")], .invalidJSON),
      (notUTF8, .invalidUTF8),
    ] {
      let violation = try #require(throws: ContractViolation.self) {
        try IncomingMessage.decode(bytes)
      }
      #expect(violation.code == code)
      #expect(violation.message.contains("line"))
      #expect(violation.identity.requestId == "01993c3e-58d2-7c51-9b1e-6a5d0f3f7a10")
      #expect(violation.identity.tenantId == "tenant-42")
      #expect(violation.identity.instanceId == "ins-4c8g")
      #expect(violation.identity.type == "resize.requested.v1")
    }
  }

  @Test("A body of 20 MB is refused by its length, and its ids are found at its beginning")
  func tooLarge() throws {
    let text = String(repeating: "x", count: 20_000_000)
    let start = #"{"data":{"requestId" : "r-1","note":"\#(text)"}}"#
    let violation = try #require(throws: ContractViolation.self) {
      try IncomingMessage.decode(Array(start.utf8))
    }
    #expect(violation.code == .tooLarge)
    #expect(violation.identity.requestId == "r-1")
  }

  @Test(
    "Nothing is read into bodies that hold nothing",
    arguments: ["", "[]", "null", "1", "\"x\"", "{}", "\u{0}\u{1}", "<xml/>"])
  func nothing(_ text: String) throws {
    let violation = try #require(throws: ContractViolation.self) {
      try IncomingMessage.decode(Array(text.utf8))
    }
    #expect(violation.identity == MessageIdentity())
  }

  @Test("Settlements, reports and instances are checked, too")
  func otherMessages() throws {
    let cases: [(String, Case)] = [
      (
        "payment.settled.v1",
        Case("data.outcome", .string("succeded"), .invalidValue, "did you mean \"succeeded\"")
      ),
      ("payment.settled.v1", Case("data.settled.value", .number("197.66"), .wrongType)),
      ("payment.settled.v1", Case("data.settled.value", .string("-197.66"), .invalidValue)),
      ("refund.settled.v1", Case("data.refundId", nil, .missingField)),
      ("refund.settled.v1", Case("data.reason", .string("no"), .wrongType)),
      ("instance.applied.v1", Case("data.outcome", nil, .missingField)),
      (
        "instance.applied.v1",
        Case("data.appliedAt", .string("2026-99-01T00:00:00Z"), .invalidValue)
      ),
      ("instance.changed.v1", Case("data.revision", .number("-1"), .invalidValue)),
      ("instance.changed.v1", Case("data.revision", .string("1"), .wrongType)),
      ("instance.changed.v1", Case("data.instance", nil, .missingField)),
      ("instance.changed.v1", Case("data.removed", .bool(true), .invalidValue)),
      ("instance.changed.v1", Case("data.instance.spec", nil, .missingField)),
      ("instance.changed.v1", Case("data.instance.billingMode", nil, .missingField)),
      (
        "instance.changed.v1",
        Case("data.instance.expiresAt", .string("0001-01-01T00:00:00Z"), .invalidValue, "1970")
      ),
      ("instance.changed.v1", Case("data.instance.orders", .object([]), .wrongType)),
      (
        "instance.changed.v1",
        Case("data.instance.network.billing", .string("trafic"), .invalidValue, "\"traffic\"")
      ),
      ("resize.cancelRequested.v1", Case("data.tenantId", nil, .missingField)),
    ]
    for (name, bad) in cases {
      let document = try JSONParser.parse(Fixtures.example(name))
      let violation = try #require(throws: ContractViolation.self, "\(name) \(bad.path)") {
        try IncomingMessage.decode(document.setting(bad.path, to: bad.value).bytes)
      }
      #expect(violation.code == bad.code, "\(name) \(bad.path)")
      #expect(bad.says.isEmpty || violation.message.contains(bad.says))
    }
  }

  @Test("A wrong order is named by its place, and two of one id are refused")
  func orders() throws {
    let document = try JSONParser.parse(Fixtures.example("instance.changed.v1"))
    guard case .array(let orders) = document["data"]?["instance"]?["orders"] else {
      Issue.record("the example has no orders")
      return
    }
    let wrong = orders[0].setting("orderId", to: .string("o-2")).setting(
      "paidCash", to: .number("1"))
    for (list, path) in [
      ([orders[0], wrong], "data.instance.orders[1].paidCash"),
      ([orders[0], orders[0]], "data.instance.orders"),
    ] {
      let violation = try #require(throws: ContractViolation.self) {
        try IncomingMessage.decode(document.setting("data.instance.orders", to: .array(list)).bytes)
      }
      #expect(violation.path == path)
    }
  }
}
