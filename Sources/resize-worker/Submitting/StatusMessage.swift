import Contracts
import Resizing

/// A `resize.status.v1` as it came from the result exchange.
struct StatusMessage: Sendable {
  var requestId: String
  var tenantId: String
  var instanceId: String
  var status: ResizeState
  var sequence: Int
  var reasonCode: String?
  var reasonText: String?
  var quote: JSONValue?
  var newExpiresAt: String?
  var attention: String?
  var worker: String?
  var time: String?
  /// Whether it came straight to us as the answer to a message of ours, not from the exchange.
  var isReply = false
  /// All of the data, for those who want JSON.
  var data: JSONValue

  /// - Returns: Nil for a message that is no status.
  init?(_ body: [UInt8]) {
    guard let event = try? JSONParser.parse(body), let data = event["data"],
      event["type"]?.text == EventType.resizeStatus.rawValue,
      let requestId = data["requestId"]?.text,
      let status = data["status"]?.text.flatMap(ResizeState.init)
    else { return nil }
    self.requestId = requestId
    self.status = status
    self.data = data
    tenantId = data["tenantId"]?.text ?? ""
    instanceId = data["instanceId"]?.text ?? ""
    sequence = data["sequence"]?.integer ?? 0
    reasonCode = data["reason"]?["code"]?.text
    reasonText = data["reason"]?["message"]?.text
    quote = data["quote"]
    newExpiresAt = data["newExpiresAt"]?.text
    attention = data["attention"]?["message"]?.text
    worker = data["worker"]?.text
    time = event["time"]?.text
  }

  /// Such as `charge 197.66 USD`; nil before there is a quote.
  var amount: String? {
    guard let quote, let direction = quote["direction"]?.text, let amount = quote["amount"]?.text
    else { return nil }
    return direction == "none"
      ? "nothing to pay" : "\(direction) \(amount) \(quote["currency"]?.text ?? "")"
  }

  /// The code of the reason, or what else there is to say of the outcome.
  var remark: String {
    reasonCode ?? newExpiresAt.map { "expires \($0)" } ?? ""
  }

  var outcome: Expectation.Outcome {
    var outcome = Expectation.Outcome(
      status: status.rawValue, quote: quote, reasonCode: reasonCode)
    outcome.newExpiresAt = newExpiresAt
    return outcome
  }
}

extension ResizeState {
  var tone: TextStyle.Tone {
    switch self {
    case .completed, .quoted: .good
    case .rejected, .failed: .bad
    case .canceled: .notable
    case .awaitingPayment, .applying, .awaitingRefund, .compensating: .quiet
    }
  }
}
