import Contracts

/// A message that nobody can act on, and what has to become of it.
struct BadMessage: Sendable {
  /// Its message id, too.
  var name: String
  var message: Message
  var code: String
  /// A part of the reason for people.
  var says: String
  /// Whether a request id can be read, which is the name.
  var isAnswered: Bool

  init(
    _ name: String, _ message: Message, code: String = "MalformedRequest", _ says: String,
    answered: Bool = true
  ) {
    self.name = name
    self.message = message
    self.message.properties.messageID = name
    self.code = code
    self.says = says
    isAnswered = answered
  }

  /// A good request with the first `old` in its body replaced.
  private static func bent(
    _ name: String, _ old: String, _ new: String, _ says: String, answered: Bool = true
  ) -> BadMessage {
    let good = Message.request(name, "ins-1", more: #", "dryRun": true, "note": "-""#)
    var bad = good
    let text = String(decoding: good.body, as: UTF8.self)
    precondition(text.contains(old), "no \(old) in \(text)")
    bad.body = Array(text.replacing(old, with: new, maxReplacements: 1).utf8)
    return BadMessage(name, bad, says, answered: answered)
  }

  private static func amount(_ name: String, _ value: String, _ says: String) -> BadMessage {
    bent(
      name, #""dryRun""#, #""maxCharge": {"currency": "USD", "value": \#(value)}, "dryRun""#, says)
  }

  static let all: [BadMessage] = syntax + fields + amounts + dates + wrongQueue

  static let syntax: [BadMessage] = [
    BadMessage("broken", Message(#"{"id": oops"#), "invalidJSON", answered: false),
    bent("cut-short", "}}", "}", "invalidJSON"),
    BadMessage("empty", Message(""), "invalidJSON", answered: false),
    BadMessage("null", Message("null"), "notACloudEvent", answered: false),
    BadMessage("list", Message("[]"), "notACloudEvent", answered: false),
    BadMessage(
      "deep", Message(String(repeating: "[", count: 300_000)), "invalidJSON", answered: false),
    notUTF8, twentyMegabytes,
    bent("not-a-number", "true", "NaN", "invalidJSON"),
    contentType,
  ]

  static let fields: [BadMessage] = [
    bent("unknown-type", "resize.requested.v1", "resize.begged.v1", "unknownType"),
    bent("next-version", "resize.requested.v1", "resize.requested.v2", "unsupportedVersion"),
    bent("no-target", #""target""#, #""goal""#, "data.target is missing"),
    bent("no-version", #""specversion""#, #""version""#, "notACloudEvent"),
    bent("list-of-instances", #""ins-1""#, #"["ins-1"]"#, "wrongType"),
    bent("yes-is-no-bool", "true", #""yes""#, "wrongType"),
    bent("number-as-id", #""number-as-id""#, "7", "wrongType", answered: false),
    bent("bell", #""bell""#, #""be\u0007l""#, "invalidValue", answered: false),
    bent("line-feed", #""line-feed""#, #""line\nfeed""#, "invalidValue", answered: false),
    bent("raw-control", #""note": "-""#, "\"note\": \"\u{1}\"", "invalidJSON"),
    bent(
      "long-id", #""long-id""#, "\"\(String(repeating: "r", count: 129))\"", "invalidValue",
      answered: false),
  ]

  static let amounts: [BadMessage] = [
    amount("exponent", #""1e3""#, "invalidValue"), amount("minus-zero", #""-0""#, "invalidValue"),
    amount("nan", #""NaN""#, "invalidValue"), amount("mills", #""0.001""#, "invalidValue"),
    amount("number", "1e3", "wrongType"), amount("minus-zero-number", "-0", "wrongType"),
    amount("huge", #""99999999999999999999""#, "invalidValue"),
    amount("no-number", "NaN", "invalidJSON"),
  ]

  static let dates: [BadMessage] = [
    "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "0000-01-01T00:00:00Z", "yesterday",
    "99999-01-01T00:00:00Z", "2026-11-20T08:00:00",
  ].map { bent("at-\($0)", "2026-11-20T08:00:00Z", $0, "time") }

  static let wrongQueue: [BadMessage] = [
    settlement("settled-among-requests", \.requests, "UnexpectedType", answered: true),
    settlement("nobody-asked", \.settlements, "UnknownRequest", answered: false),
    settlement("settled-among-inventory", \.inventory, "UnexpectedType", answered: false),
    BadMessage("request-as-settlement", request, code: "UnexpectedType", "", answered: false),
    BadMessage(
      "half-settlement", Message(#"{"data": {"requestId": "r-9"}}"#, to: \.settlements),
      "notACloudEvent", answered: false),
    BadMessage(
      "half-report", Message(#"{"type": 1}"#, to: \.applied), "notACloudEvent", answered: false),
  ]

  private static let request: Message = {
    var message = Message.request("request-as-settlement", "ins-1")
    message.queue = \.settlements
    return message
  }()

  /// A settlement that tells of success, with a header that tries to be more than a name.
  private static func settlement(
    _ name: String, _ queue: KeyPath<ChannelNames, String> & Sendable, _ code: String,
    answered: Bool
  ) -> BadMessage {
    let body = """
      {"specversion": "1.0", "id": "\(name)", "source": "/test", "type": "payment.settled.v1", \
      "data": {"paymentId": "pay_\(name)", "requestId": "\(name)", "outcome": "succeeded", \
      "settled": {"currency": "USD", "value": "12.57"}}}
      """
    var message = Message(body, to: queue)
    message.properties.correlationID = "not\na name"
    return BadMessage(name, message, code: code, "", answered: answered)
  }

  private static let notUTF8: BadMessage = {
    var bad = bent("not-utf-8", #""note": "-""#, #""note": "@""#, "invalidUTF8")
    if let index = bad.message.body.lastIndex(of: UInt8(ascii: "@")) {
      bad.message.body[index] = 0xFF
    }
    return bad
  }()

  private static let twentyMegabytes: BadMessage = {
    let text = String(repeating: "x", count: 20_000_000)
    var bad = bent("twenty-megabytes", #""note": "-""#, #""note": "\#(text)""#, "20000")
    bad.code = "MessageTooLarge"
    return bad
  }()

  private static let contentType: BadMessage = {
    var bad = bent("xml", "-", "-", "unsupportedContentType")
    bad.message.properties.contentType = "text/xml"
    return bad
  }()
}
