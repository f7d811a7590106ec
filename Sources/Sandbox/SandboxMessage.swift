import Billing
import Contracts
import Resizing

/// What the worker sends to the outside, as the simulated services read it.
enum SandboxMessage: Equatable {
  case payment(PaymentAsk)
  case apply(requestId: String, instanceId: String, attempt: Int)

  /// - Returns: Nil for a message that the simulated services have no answer to.
  init?(_ body: [UInt8]) {
    guard let event = try? JSONParser.parse(body), let type = event["type"]?.text,
      let data = event["data"], let requestId = data["requestId"]?.text
    else { return nil }
    switch EventType(rawValue: type) {
    case .paymentRequested: self.init(.payment, idField: "paymentId", requestId, data)
    case .refundRequested: self.init(.refund, idField: "refundId", requestId, data)
    case .paymentVoidRequested: self.init(.void, idField: "paymentId", requestId, data)
    case .instanceApply:
      guard let instanceId = data["instanceId"]?.text else { return nil }
      self = .apply(
        requestId: requestId, instanceId: instanceId, attempt: data["attempt"]?.integer ?? 1)
    default:
      return nil
    }
  }

  private init?(_ kind: PaymentAsk.Kind, idField: String, _ requestId: String, _ data: JSONValue) {
    guard let id = data[idField]?.text, let tenantId = data["tenantId"]?.text,
      let key = data["idempotencyKey"]?.text
    else { return nil }
    let amount = data["amount"].flatMap(Money.init(json:))
    guard amount != nil || kind == .void else { return nil }
    self = .payment(
      PaymentAsk(
        kind: kind, movementId: id, requestId: requestId, tenantId: tenantId, idempotencyKey: key,
        amount: amount, attempt: data["attempt"]?.integer ?? 1))
  }
}

extension JSONValue {
  var text: String? { if case .string(let text) = self { text } else { nil } }
  var integer: Int? { if case .number(let text) = self { Int(text) } else { nil } }
}

extension Money {
  init?(json: JSONValue) {
    guard let code = json["currency"]?.text, let currency = Currency(code: code),
      let value = json["value"]?.text
    else { return nil }
    self.init(value: value, currency: currency)
  }
}
