import Billing
import Resizing

extension Resize {
  /// Reads a whole record in the order in which `RecordCodec` writes it.
  init(scanning scanner: inout RecordScanner) throws(RecordScanner.Surprise) {
    try scanner.beginRecord()
    try scanner.require("request")
    let request = try ResizeRequest(scanning: &scanner)
    let context = RequestContext(
      replyTo: try scanner.optionalText("replyTo"),
      traceparent: try scanner.optionalText("traceparent"),
      tracestate: try scanner.optionalText("tracestate"))
    let state: ResizeState = try scanner.choice("state")
    let sequence = try scanner.count("sequence")
    self.init(
      request: request, context: context, state: state,
      requestedAt: try scanner.milliseconds("requestedAt"))
    self.sequence = sequence
    updatedAt = try scanner.milliseconds("updatedAt")
    if scanner.has("quote") { assessment = try Assessment(scanningFromQuote: &scanner) }
    product = try scanner.optionalText("product")
    reason = try scanner.optionalReason("reason")
    attention = try scanner.optionalReason("attention")
    if scanner.has("payment") { payment = try Movement(scanning: &scanner) }
    if scanner.has("refund") { refund = try Movement(scanning: &scanner) }
    applyAttempt = try scanner.count("applyAttempt")
    dueAt = try scanner.optionalMilliseconds("dueAt")
    version = try scanner.integer("version")
    try scanner.endRecord()
  }
}

extension ResizeRequest {
  fileprivate convenience init(
    scanning scanner: inout RecordScanner
  ) throws(RecordScanner.Surprise) {
    try scanner.begin("{")
    self.init(
      requestId: try scanner.text("requestId"), tenantId: try scanner.text("tenantId"),
      instanceId: try scanner.text("instanceId"),
      target: ResizeTarget(
        spec: try scanner.optionalText("spec"), units: try scanner.optionalCount("units"),
        mbps: try scanner.optionalCount("mbps")),
      billingMode: try scanner.optionalChoice("billingMode"),
      voucher: try scanner.optionalMinorUnits("voucher"),
      maxCharge: try scanner.optionalMinorUnits("maxCharge"), dryRun: try scanner.flag("dryRun"))
    try scanner.end("}")
  }
}

extension Assessment {
  /// Reads the quote, and its lines and the configurations, which stand beside it.
  fileprivate convenience init(
    scanningFromQuote scanner: inout RecordScanner
  ) throws(RecordScanner.Surprise) {
    let quote = try Quote(scanning: &scanner)
    var lines = QuoteLines()
    if scanner.has("lines") {
      try scanner.begin("[")
      while try scanner.hasElement() {
        try scanner.begin("{")
        lines.append(
          QuoteLine(text: try scanner.text("text"), value: try scanner.text("value")))
        try scanner.end("}")
      }
    }
    try scanner.require("before")
    let before = try Configuration(scanning: &scanner)
    try scanner.require("after")
    self.init(
      before: before, after: try Configuration(scanning: &scanner), quote: quote, lines: lines)
  }
}

extension Movement {
  fileprivate init(scanning scanner: inout RecordScanner) throws(RecordScanner.Surprise) {
    try scanner.begin("{")
    self.init(
      id: try scanner.text("id"), purpose: try scanner.choice("purpose"),
      state: try scanner.choice("state"), amount: try scanner.minorUnits("amount"),
      attempt: try scanner.count("attempt"))
    if scanner.has("parts") {
      try scanner.begin("[")
      while try scanner.hasElement() {
        try scanner.begin("{")
        parts.append(
          Part(orderId: try scanner.text("orderId"), amount: try scanner.minorUnits("amount")))
        try scanner.end("}")
      }
    }
    providerReference = try scanner.optionalText("providerReference")
    try scanner.end("}")
  }
}

extension RecordScanner {
  fileprivate mutating func optionalReason(
    _ name: StaticString
  ) throws(Surprise) -> Reason? {
    guard has(name) else { return nil }
    try begin("{")
    let reason = Reason(code: try text("code"), message: try text("message"))
    try end("}")
    return reason
  }
}
