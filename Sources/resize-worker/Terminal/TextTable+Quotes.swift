import Billing
import Resizing

extension ResizeTarget {
  /// Such as `S5.LARGE8, 10 Mbps` or `50 units`.
  var summary: String {
    let parts = [spec, units.map { "\($0) units" }, mbps.map { "\($0) Mbps" }]
    let text = parts.compactMap { $0 }.joined(separator: ", ")
    return text.isEmpty ? "nothing" : text
  }
}

extension Quote {
  var tone: TextStyle.Tone? {
    switch direction {
    case .charge: .notable
    case .refund: .good
    case .none: nil
    }
  }
}

extension TextTable {
  /// The explanation of a quote, a term a line.
  init(explaining lines: QuoteLines) {
    self.init(.init("TERM"), .init("VALUE", .right))
    for line in lines { append(.init(line.text), .init(line.value)) }
  }

  /// A price list.
  init(_ offers: [Offer]) {
    self.init(
      .init("TO"), .init("MONEY"), .init("AMOUNT", .right), .init("RULE"), .init("REMARK"))
    for offer in offers {
      switch offer.answer {
      case .success(let found):
        let quote = found.quote
        append(
          .init(offer.target.summary), .init(quote.direction.rawValue, quote.tone),
          .init(quote.amount.description), .init(quote.policy.rawValue),
          .init(quote.newExpiresAt.map { "expires \($0.rfc3339)" } ?? ""))
      case .failure(let rejection):
        append(
          .init(offer.target.summary), .init("–"), .init("–"), .init(rejection.reason.code, .bad),
          .init(rejection.reason.message, .quiet))
      }
    }
  }
}
