import Billing
import Resizing

extension OutgoingEventEncoder {
  /// `resize.status.v1` on the result exchange, and the same once more to `reply_to`.
  func statusEvents(
    _ report: StatusReport, replyTo: String?, worker: String?, _ context: RequestContext,
    at now: Moment
  ) -> [OutgoingEvent] {
    let envelope = Envelope(
      type: .resizeStatus, id: statusId(report), subject: report.instanceId, context: context)
    let key = String(wording: "\(report.tenantId).\(report.status.rawValue)")
    let status = event(envelope, .results, key, report.requestId, at: now) { writer in
      write(report, to: &writer)
      writer.member("worker", worker)
    }
    guard let replyTo, !replyTo.isEmpty else { return [status] }
    return [status, status.with(destination: .reply(queue: replyTo), routingKey: replyTo)]
  }

  private func statusId(_ report: StatusReport) -> String {
    guard report.sequence == 0 else {
      return String(wording: "\(report.requestId):status:\(report.sequence)")
    }
    let id = report.requestId + ":answer:" + (report.answerTo ?? "")
    guard id.utf8.count > longestId else { return id }
    let hash = String(fingerprint(of: id.utf8), radix: 16)
    return report.requestId + ":answer:" + hash
  }

  private func write(_ report: StatusReport, to writer: inout JSONWriter) {
    writer.member("requestId", report.requestId)
    writer.member("tenantId", report.tenantId)
    writer.member("instanceId", report.instanceId)
    writer.member("status", report.status.rawValue)
    writer.member("sequence", report.sequence)
    writer.member("reason", report.reason)
    if let assessment = report.assessment { write(assessment, to: &writer) }
    writer.member("attention", report.attention)
  }

  private func write(_ assessment: Assessment, to writer: inout JSONWriter) {
    writer.name("quote")
    writer.beginObject()
    writer.writeMembers(of: assessment.quote, lines: assessment.lines)
    writer.member("catalogVersion", assessment.quote.catalogVersion)
    writer.member("quotedAt", assessment.quote.quotedAt)
    writer.endObject()
    writer.name("configuration")
    writer.beginObject()
    writer.member("before", assessment.before)
    writer.member("after", assessment.after)
    writer.endObject()
    writer.member("newExpiresAt", assessment.quote.newExpiresAt)
  }
}

/// What fits the AMQP property `message_id`, in bytes.
private let longestId = 255

/// FNV-1a: stands for an id that is too long to be part of another, or for a message that has none.
func fingerprint(of bytes: some Sequence<UInt8>) -> UInt64 {
  bytes.reduce(0xcbf2_9ce4_8422_2325) { hash, byte in
    (hash ^ UInt64(byte)) &* 0x100_0000_01b3
  }
}

extension JSONWriter {
  /// A quote as customers see it, the same in a status and in the answer to a scenario.
  mutating func writeMembers(of quote: Quote, lines: QuoteLines) {
    member("direction", quote.direction.rawValue)
    member("amount", quote.amount.value)
    member("currency", quote.amount.currency.code)
    member("exact", quote.exact.description)
    member("policy", quote.policy.rawValue)
    member("newExpiresAt", quote.newExpiresAt)
    member("voucherApplied", quote.voucherApplied?.value)
    if let rate = quote.rateChange {
      member("hourlyBefore", rate.before)
      member("hourlyAfter", rate.after)
    }
    array("lines", lines)
  }
}
