import AMQP
import Contracts

/// A dead letter as it lies in its queue.
struct FoundDeadLetter: Sendable {
  /// Its place, counted from 1 at the head of the queue.
  var number: Int
  var reasonCode: String
  var reason: String
  var source: String
  var firstDeadAt: String
  var type: String
  var messageId: String
  var requestId: String
  var body: [UInt8]

  /// Reads the letter's own headers or, where the broker has put it there, the broker's.
  init(_ delivery: Delivery, number: Int) {
    let headers = delivery.properties.headers
    let names = DeadLetter.HeaderName.self
    let byBroker = headers["x-first-death-reason"]?.string
    self.number = number
    reasonCode = headers[names.reasonCode]?.string ?? byBroker ?? "unknown"
    reason = headers[names.reason]?.string ?? Self.explanation(byBroker)
    source =
      headers[names.sourceQueue]?.string ?? headers["x-first-death-queue"]?.string
      ?? delivery.routingKey
    firstDeadAt = headers[names.firstDeadAt]?.string ?? ""
    type = delivery.properties.type ?? ""
    messageId = delivery.properties.messageID ?? ""
    requestId = delivery.properties.correlationID ?? ""
    body = delivery.body ?? []
  }

  private static func explanation(_ brokersReason: String?) -> String {
    switch brokersReason {
    case "delivery_limit": "it was delivered too often without being settled"
    case "rejected": "a worker refused it"
    case "expired": "it was too old"
    case "maxlen": "its queue was full"
    default: "it says no reason"
    }
  }

  /// Looks at the letters at the head of the queue and leaves them there.
  static func peek(_ settings: Settings, limit: Int) async throws(AMQPError) -> [FoundDeadLetter] {
    let queue = settings.channelNames.deadLetters
    let deliveries = try await settings.topologyClient().peek(queue, count: limit)
    return deliveries.enumerated().map { FoundDeadLetter($1, number: $0 + 1) }
  }

  var facts: [(String, String)] {
    [
      ("number", String(number)), ("reason", "\(reasonCode): \(reason)"), ("came from", source),
      ("dead since", firstDeadAt), ("type", type), ("message id", messageId),
      ("request id", requestId), ("bytes", body.count.grouped),
    ]
  }

  /// The body as text; in hexadecimal where it is none, at most 4 KiB of it.
  var bodyText: String {
    if let text = String(validating: body, as: UTF8.self) {
      return text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { String($0).printable }.joined(separator: "\n")
    }
    let digits = body.prefix(4_096).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return "no UTF-8, in hexadecimal: " + digits.joined()
  }

  var json: JSONValue {
    .object([
      JSONMember("number", .number(String(number))), JSONMember("code", .string(reasonCode)),
      JSONMember("reason", .string(reason)), JSONMember("source", .string(source)),
      JSONMember("firstDeadAt", .string(firstDeadAt)), JSONMember("type", .string(type)),
      JSONMember("messageId", .string(messageId)), JSONMember("requestId", .string(requestId)),
      JSONMember("body", .string(bodyText)),
    ])
  }
}
