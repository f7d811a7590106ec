import Billing
import Resizing

extension JSONWriter {
  mutating func writeRecordMembers(of quote: Quote) {
    member("direction", quote.direction.rawValue)
    member("amount", minorUnits: quote.amount)
    member("exact", quote.exact.description)
    member("policy", quote.policy.rawValue)
    member("voucherApplied", minorUnits: quote.voucherApplied)
    member("fee", minorUnits: quote.fee)
    member("expiresAt", seconds: quote.expiresAt)
    member("newExpiresAt", seconds: quote.newExpiresAt)
    if quote.isDowngrade {
      name("isDowngrade")
      bool(true)
    }
    member("catalogVersion", quote.catalogVersion)
    member("quotedAt", seconds: quote.quotedAt)
    if let rate = quote.rateChange {
      member("hourlyBefore", rate.before)
      member("hourlyAfter", rate.after)
    }
    if !quote.refundOf.isEmpty {
      name("refundOf")
      beginArray()
      for share in quote.refundOf {
        writeRecordShare(share.orderId, share.amount, isTakenBack: share.isTakenBack)
      }
      endArray()
    }
  }

  mutating func writeRecordShare(_ orderId: String, _ amount: Money, isTakenBack: Bool = false) {
    beginObject()
    member("orderId", orderId)
    member("amount", minorUnits: amount)
    if isTakenBack {
      name("isTakenBack")
      bool(true)
    }
    endObject()
  }
}

extension Quote {
  init(record fields: Fields) throws(ContractViolation) {
    let text = try fields.string("exact")
    guard let exact = Fraction(text) else {
      throw fields.invalid("exact", "is no fraction in lowest terms: \(text.shortened)")
    }
    var refundOf: [RefundShare] = []
    for share in try fields.objects("refundOf") {
      refundOf.append(
        RefundShare(
          orderId: try share.string("orderId"), amount: try share.minorUnits("amount"),
          isTakenBack: try share.optionalBool("isTakenBack") ?? false))
    }
    self.init(
      direction: try fields.choice("direction"), amount: try fields.minorUnits("amount"),
      exact: exact, policy: try fields.choice("policy"),
      voucherApplied: try fields.optionalMinorUnits("voucherApplied"),
      fee: try fields.minorUnits("fee"),
      expiresAt: try fields.optionalSeconds("expiresAt"),
      newExpiresAt: try fields.optionalSeconds("newExpiresAt"),
      isDowngrade: try fields.optionalBool("isDowngrade") ?? false,
      catalogVersion: try fields.optionalString("catalogVersion"),
      quotedAt: try fields.seconds("quotedAt"), refundOf: refundOf)
    if fields.optional("hourlyBefore") != nil || fields.optional("hourlyAfter") != nil {
      rateChange = RateChange(
        before: try fields.hourlySteps("hourlyBefore"),
        after: try fields.hourlySteps("hourlyAfter"))
    }
  }
}

extension Fields {
  func hourlySteps(_ name: String) throws(ContractViolation) -> [HourlyStep] {
    var steps: [HourlyStep] = []
    for step in try objects(name) {
      steps.append(
        HourlyStep(
          uptoHours: try step.optionalCount("uptoHours"), price: try step.decimal("price")))
    }
    return steps
  }

  func quoteLines(_ name: String) throws(ContractViolation) -> QuoteLines {
    var lines = QuoteLines()
    for line in try objects(name) {
      lines.append(QuoteLine(text: try line.string("text"), value: try line.string("value")))
    }
    return lines
  }
}
