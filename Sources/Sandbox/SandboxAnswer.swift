import Contracts
import Resizing

/// An event that the simulated services send back, ready for the wire.
struct SandboxAnswer {
  var id: String
  var type: EventType
  var requestId: String
  var body: [UInt8]

  /// `payment.settled.v1` or `refund.settled.v1`.
  static func settled(_ answer: PaymentAnswer, number: Int, at now: Moment) -> SandboxAnswer {
    let settlement = answer.settlement
    let isRefund = answer.kind == .refund
    return event(
      "\(settlement.movementId):settled:\(number)",
      isRefund ? .refundSettled : .paymentSettled, "/sandbox/payments", settlement.requestId, now
    ) { writer in
      writer.member(isRefund ? "refundId" : "paymentId", settlement.movementId)
      writer.member("requestId", settlement.requestId)
      writer.member("outcome", settlement.outcome.rawValue)
      if let settled = settlement.settled {
        writer.name("settled")
        writer.beginObject()
        writer.member("currency", settled.currency.code)
        writer.member("value", settled.value)
        writer.endObject()
        writer.member("settledAt", now.instant.rfc3339)
      }
      if let reference = settlement.providerReference {
        writer.member("providerReference", reference)
      }
      writer.member(settlement.reason)
    }
  }

  /// `instance.applied.v1`.
  static func applied(_ report: ApplyReport, number: Int, at now: Moment) -> SandboxAnswer {
    event(
      "\(report.requestId):applied:\(number)", .instanceApplied, "/sandbox/control-plane",
      report.requestId, now
    ) { writer in
      writer.member("requestId", report.requestId)
      writer.member("instanceId", report.instanceId)
      writer.member("outcome", report.outcome.rawValue)
      if report.outcome == .applied { writer.member("appliedAt", now.instant.rfc3339) }
      writer.member(report.reason)
    }
  }

  private static func event(
    _ id: String, _ type: EventType, _ source: String, _ requestId: String, _ now: Moment,
    writeData: (inout JSONWriter) -> Void
  ) -> SandboxAnswer {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("specversion", "1.0")
    writer.member("id", id)
    writer.member("source", source)
    writer.member("type", type.rawValue)
    writer.member("subject", requestId)
    writer.member("time", now.instant.rfc3339)
    writer.member("datacontenttype", "application/json")
    writer.name("data")
    writer.beginObject()
    writeData(&writer)
    writer.endObject()
    writer.endObject()
    return SandboxAnswer(id: id, type: type, requestId: requestId, body: writer.bytes)
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ name: String, _ value: String) {
    self.name(name)
    string(value)
  }

  fileprivate mutating func member(_ reason: Reason?) {
    guard let reason else { return }
    name("reason")
    beginObject()
    member("code", reason.code)
    member("message", reason.message)
    endObject()
  }
}
