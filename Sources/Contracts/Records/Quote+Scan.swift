import Billing

extension Quote {
  init(scanning scanner: inout RecordScanner) throws(RecordScanner.Surprise) {
    try scanner.begin("{")
    self.init(
      direction: try scanner.choice("direction"), amount: try scanner.minorUnits("amount"),
      exact: try scanner.fraction("exact"),
      policy: try scanner.choice("policy"),
      voucherApplied: try scanner.optionalMinorUnits("voucherApplied"),
      fee: try scanner.minorUnits("fee"),
      expiresAt: try scanner.optionalSeconds("expiresAt"),
      newExpiresAt: try scanner.optionalSeconds("newExpiresAt"),
      isDowngrade: try scanner.flag("isDowngrade"),
      catalogVersion: try scanner.optionalText("catalogVersion"),
      quotedAt: try scanner.seconds("quotedAt"))
    if scanner.has("hourlyBefore") {
      let before = try scanner.hourlySteps()
      try scanner.require("hourlyAfter")
      rateChange = RateChange(before: before, after: try scanner.hourlySteps())
    }
    if scanner.has("refundOf") {
      try scanner.begin("[")
      while try scanner.hasElement() { refundOf.append(try RefundShare(scanning: &scanner)) }
    }
    try scanner.end("}")
  }
}

extension RefundShare {
  fileprivate init(scanning scanner: inout RecordScanner) throws(RecordScanner.Surprise) {
    try scanner.begin("{")
    self.init(
      orderId: try scanner.text("orderId"), amount: try scanner.minorUnits("amount"),
      isTakenBack: try scanner.flag("isTakenBack"))
    try scanner.end("}")
  }
}

extension RecordScanner {
  fileprivate mutating func hourlySteps() throws(Surprise) -> [HourlyStep] {
    var steps: [HourlyStep] = []
    try begin("[")
    while try hasElement() {
      try begin("{")
      steps.append(
        HourlyStep(uptoHours: try optionalCount("uptoHours"), price: try decimal("price")))
      try end("}")
    }
    return steps
  }
}
