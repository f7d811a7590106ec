import Billing
import Resizing

/// The members of a settlement's `data`, of a payment or a refund.
struct ScannedSettlement {
  private var paymentId: JSONScanner.Text?
  private var refundId: JSONScanner.Text?
  private var requestId: JSONScanner.Text?
  private var outcome: JSONScanner.Text?
  private var settled: Money?
  private var reason: Reason?
  private var providerReference: JSONScanner.Text?
  private var settledAt: JSONScanner.Text?

  init(_ scanner: inout JSONScanner) throws(JSONScanner.Surprise) {
    try scanner.beginObject()
    while let name = try scanner.nextName() {
      if name.says("paymentId") {
        try scanner.takeText(into: &paymentId)
      } else if name.says("refundId") {
        try scanner.takeText(into: &refundId)
      } else if name.says("requestId") {
        try scanner.takeText(into: &requestId)
      } else if name.says("outcome") {
        try scanner.takeText(into: &outcome)
      } else if name.says("settled"), settled == nil {
        settled = try Money(&scanner)
      } else if name.says("reason"), reason == nil {
        reason = try Reason(&scanner)
      } else if name.says("providerReference") {
        try scanner.takeText(into: &providerReference)
      } else if name.says("settledAt") {
        try scanner.takeText(into: &settledAt)
      } else {
        throw JSONScanner.Surprise()
      }
    }
  }

  func ofPayment() throws(JSONScanner.Surprise) -> Settlement {
    try settlement(of: paymentId, butNot: refundId)
  }

  func ofRefund() throws(JSONScanner.Surprise) -> Settlement {
    try settlement(of: refundId, butNot: paymentId)
  }

  private func settlement(
    of movementId: JSONScanner.Text?, butNot other: JSONScanner.Text?
  ) throws(JSONScanner.Surprise) -> Settlement {
    guard other == nil, let movementId, let requestId,
      let outcome = Settlement.Outcome(rawValue: try outcome?.string(upTo: 128) ?? "")
    else { throw JSONScanner.Surprise() }
    _ = try settledAt?.instant()
    return Settlement(
      movementId: try movementId.movementId(), requestId: try requestId.identifier(),
      outcome: outcome, settled: settled, reason: reason,
      providerReference: providerReference?.string)
  }
}

extension Money {
  /// Reads `{"currency": "USD", "value": "197.66"}`.
  fileprivate init(_ scanner: inout JSONScanner) throws(JSONScanner.Surprise) {
    var currency: JSONScanner.Text?
    var value: JSONScanner.Text?
    try scanner.beginObject()
    while let name = try scanner.nextName() {
      if name.says("currency") {
        try scanner.takeText(into: &currency)
      } else if name.says("value") {
        try scanner.takeText(into: &value)
      } else {
        throw JSONScanner.Surprise()
      }
    }
    guard let currency = currency.flatMap({ Currency(characters: $0) }),
      let decimal = value.flatMap({ ExactDecimal(characters: $0) }), !decimal.isNegative,
      let money = Money(decimal, currency: currency)
    else { throw JSONScanner.Surprise() }
    self = money
  }
}

extension Reason {
  /// Reads `{"code", "message"}`; the message may be left out.
  fileprivate init(_ scanner: inout JSONScanner) throws(JSONScanner.Surprise) {
    var code: JSONScanner.Text?
    var message: JSONScanner.Text?
    try scanner.beginObject()
    while let name = try scanner.nextName() {
      if name.says("code") {
        try scanner.takeText(into: &code)
      } else if name.says("message") {
        try scanner.takeText(into: &message)
      } else {
        throw JSONScanner.Surprise()
      }
    }
    guard let code else { throw JSONScanner.Surprise() }
    self.init(code: try code.string(upTo: 128), message: message?.string ?? "")
  }
}
