import Billing
import Resizing

extension JSONWriter {
  mutating func writeRecordMembers(of resize: Resize) {
    name("request")
    beginObject()
    writeRecordMembers(of: resize.request)
    endObject()
    member("replyTo", resize.context.replyTo)
    member("traceparent", resize.context.traceparent)
    member("tracestate", resize.context.tracestate)
    member("state", resize.state.rawValue)
    member("sequence", resize.sequence)
    member("requestedAt", milliseconds: resize.requestedAt)
    member("updatedAt", milliseconds: resize.updatedAt)
    if let assessment = resize.assessment {
      name("quote")
      beginObject()
      writeRecordMembers(of: assessment.quote)
      endObject()
      member("lines", assessment.lines)
      member("before", assessment.before)
      member("after", assessment.after)
    }
    member("product", resize.product)
    member("reason", resize.reason)
    member("attention", resize.attention)
    writeRecord("payment", of: resize.payment)
    writeRecord("refund", of: resize.refund)
    member("applyAttempt", resize.applyAttempt)
    member("dueAt", milliseconds: resize.dueAt)
    member("version", resize.version)
  }

  private mutating func writeRecordMembers(of request: ResizeRequest) {
    member("requestId", request.requestId)
    member("tenantId", request.tenantId)
    member("instanceId", request.instanceId)
    member("spec", request.target.spec)
    member("units", request.target.units)
    member("mbps", request.target.mbps)
    member("billingMode", request.billingMode?.rawValue)
    member("voucher", minorUnits: request.voucher)
    member("maxCharge", minorUnits: request.maxCharge)
    if request.dryRun {
      name("dryRun")
      bool(true)
    }
  }

  private mutating func writeRecord(_ name: StaticString, of movement: Movement?) {
    guard let movement else { return }
    self.name(name)
    beginObject()
    member("id", movement.id)
    member("purpose", movement.purpose.rawValue)
    member("state", movement.state.rawValue)
    member("amount", minorUnits: movement.amount)
    member("attempt", movement.attempt)
    if !movement.parts.isEmpty {
      self.name("parts")
      beginArray()
      for part in movement.parts { writeRecordShare(part.orderId, part.amount) }
      endArray()
    }
    member("providerReference", movement.providerReference)
    endObject()
  }
}

extension Resize {
  init(record fields: Fields) throws(ContractViolation) {
    self.init(
      request: try ResizeRequest(record: try fields.object("request")),
      context: RequestContext(
        replyTo: try fields.optionalString("replyTo"),
        traceparent: try fields.optionalString("traceparent"),
        tracestate: try fields.optionalString("tracestate")),
      state: try fields.choice("state"), requestedAt: try fields.milliseconds("requestedAt"))
    sequence = try fields.count("sequence")
    updatedAt = try fields.milliseconds("updatedAt")
    if let quote = try fields.optionalObject("quote") {
      assessment = Assessment(
        before: try Configuration(record: try fields.object("before")),
        after: try Configuration(record: try fields.object("after")),
        quote: try Quote(record: quote), lines: try fields.quoteLines("lines"))
    }
    reason = try fields.recordedReason("reason")
    attention = try fields.recordedReason("attention")
    product = try fields.optionalString("product")
    if let payment = try fields.optionalObject("payment") {
      self.payment = try Movement(record: payment)
    }
    if let refund = try fields.optionalObject("refund") {
      self.refund = try Movement(record: refund)
    }
    applyAttempt = try fields.count("applyAttempt")
    dueAt = try fields.optionalMilliseconds("dueAt")
    version = try fields.integer("version", in: Int64.min...Int64.max)
  }
}

extension ResizeRequest {
  convenience init(record fields: Fields) throws(ContractViolation) {
    self.init(
      requestId: try fields.string("requestId"), tenantId: try fields.string("tenantId"),
      instanceId: try fields.string("instanceId"),
      target: ResizeTarget(
        spec: try fields.optionalString("spec"), units: try fields.optionalCount("units"),
        mbps: try fields.optionalCount("mbps")),
      billingMode: try fields.optionalChoice("billingMode"),
      voucher: try fields.optionalMinorUnits("voucher"),
      maxCharge: try fields.optionalMinorUnits("maxCharge"),
      dryRun: try fields.optionalBool("dryRun") ?? false)
  }
}

extension Movement {
  init(record fields: Fields) throws(ContractViolation) {
    var parts: [Part] = []
    for part in try fields.objects("parts") {
      parts.append(
        Part(orderId: try part.string("orderId"), amount: try part.minorUnits("amount")))
    }
    self.init(
      id: try fields.string("id"), purpose: try fields.choice("purpose"),
      state: try fields.choice("state"), amount: try fields.minorUnits("amount"),
      attempt: try fields.count("attempt"), parts: parts,
      providerReference: try fields.optionalString("providerReference"))
  }
}

extension Fields {
  fileprivate func recordedReason(_ name: String) throws(ContractViolation) -> Reason? {
    guard let fields = try optionalObject(name) else { return nil }
    return Reason(code: try fields.string("code"), message: try fields.string("message"))
  }
}
