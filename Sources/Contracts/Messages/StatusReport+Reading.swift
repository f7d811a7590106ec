import Billing
import Resizing

extension StatusReport {
  convenience init(_ fields: Fields, eventId: String) throws(ContractViolation) {
    let requestId = try fields.identifier("requestId")
    let answer = requestId + ":answer:"
    self.init(
      requestId: requestId, tenantId: try fields.identifier("tenantId"),
      instanceId: try fields.identifier("instanceId"), status: try fields.choice("status"),
      sequence: try fields.count("sequence"),
      answerTo: eventId.hasPrefix(answer) ? String(eventId.dropFirst(answer.count)) : nil,
      reason: try fields.optionalReason("reason"),
      attention: try fields.optionalReason("attention"),
      assessment: try Assessment(statusOf: fields))
  }
}

extension Assessment {
  /// Nil where the status tells of no quote.
  fileprivate convenience init?(statusOf fields: Fields) throws(ContractViolation) {
    guard let quote = try fields.optionalObject("quote") else { return nil }
    let configuration = try fields.object("configuration")
    self.init(
      before: try Configuration(record: try configuration.object("before")),
      after: try Configuration(record: try configuration.object("after")),
      quote: try Quote(quote), lines: try quote.quoteLines("lines"))
  }
}

extension Quote {
  /// A quote as customers see it.
  init(_ fields: Fields) throws(ContractViolation) {
    let currency = try fields.currency("currency")
    let amount = try fields.money("amount", in: currency)
    let voucher =
      fields.optional("voucherApplied") == nil
      ? nil : try fields.money("voucherApplied", in: currency)
    let (fee, overflow) = amount.minorUnits.addingReportingOverflow(voucher?.minorUnits ?? 0)
    guard !overflow, let exact = Fraction(try fields.string("exact")) else {
      throw fields.invalid("exact", "should be a fraction in lowest terms")
    }
    self.init(
      direction: try fields.choice("direction"), amount: amount, exact: exact,
      policy: try fields.choice("policy"), voucherApplied: voucher,
      fee: Money(minorUnits: fee, currency: currency),
      newExpiresAt: try fields.optionalInstant("newExpiresAt"),
      catalogVersion: try fields.optionalString("catalogVersion"),
      quotedAt: try fields.instant("quotedAt"))
    if fields.optional("hourlyBefore") != nil || fields.optional("hourlyAfter") != nil {
      rateChange = RateChange(
        before: try fields.hourlySteps("hourlyBefore"),
        after: try fields.hourlySteps("hourlyAfter"))
    }
  }
}

extension Fields {
  fileprivate func money(
    _ name: String, in currency: Currency
  ) throws(ContractViolation) -> Money {
    let text = try string(name)
    guard let money = Money(value: text, currency: currency) else {
      throw invalid(name, "is \"\(text.shortened)\", no amount of \(currency.code)")
    }
    return money
  }
}
