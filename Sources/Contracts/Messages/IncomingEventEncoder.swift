import Billing
import Resizing

/// Writes the messages that the worker reads: for those who send requests, and for services that
/// answer.
public struct IncomingEventEncoder: Sendable {
  /// A message ready to be published.
  public struct Message: Sendable, Equatable {
    public var id: String
    public var type: EventType
    /// The request id; nil for messages about an instance.
    public var correlationId: String?
    public var contentType = "application/cloudevents+json"
    public var body: [UInt8]
  }

  private let encoder: OutgoingEventEncoder

  public init(source: String, schemaBaseURL: String = "https://example.com/schemas") {
    encoder = OutgoingEventEncoder(source: source, schemaBaseURL: schemaBaseURL)
  }

  /// The message of an input; nil for `timerDue`, which never travels.
  public func encode(_ input: ResizeInput, id: String, at now: Moment) -> Message? {
    switch input {
    case .requested(let request, _):
      message(.resizeRequested, id, request.instanceId, request.requestId, now) { writer in
        writer.write(request)
      }
    case .cancelRequested(let requestId, let tenantId, _):
      message(.resizeCancelRequested, id, requestId, requestId, now) { writer in
        writer.member("requestId", requestId)
        writer.member("tenantId", tenantId)
      }
    case .paymentSettled(let settlement):
      message(.paymentSettled, id, settlement.requestId, settlement.requestId, now) { writer in
        writer.member("paymentId", settlement.movementId)
        writer.write(settlement, at: now)
      }
    case .refundSettled(let settlement):
      message(.refundSettled, id, settlement.requestId, settlement.requestId, now) { writer in
        writer.member("refundId", settlement.movementId)
        writer.write(settlement, at: now)
      }
    case .applied(let report):
      message(.instanceApplied, id, report.instanceId, report.requestId, now) { writer in
        writer.member("requestId", report.requestId)
        writer.member("instanceId", report.instanceId)
        writer.member("outcome", report.outcome.rawValue)
        writer.member("reason", report.reason)
        if report.outcome == .applied { writer.member("appliedAt", now) }
      }
    case .instanceChanged(let change):
      message(.instanceChanged, id, change.instanceId, nil, now) { writer in writer.write(change) }
    case .timerDue: nil
    }
  }

  private func message(
    _ type: EventType, _ id: String, _ subject: String, _ requestId: String?, _ now: Moment,
    writeData: (inout JSONWriter) -> Void
  ) -> Message {
    let body = encoder.envelope(
      OutgoingEventEncoder.Envelope(type: type, id: id, subject: subject), at: now,
      writeData: writeData)
    return Message(id: id, type: type, correlationId: requestId, body: body)
  }
}

extension JSONWriter {
  fileprivate mutating func write(_ request: ResizeRequest) {
    member("requestId", request.requestId)
    member("tenantId", request.tenantId)
    member("instanceId", request.instanceId)
    let target = request.target
    member(
      "target", Configuration(spec: target.spec, units: target.units, mbps: target.mbps))
    member("billingMode", request.billingMode?.rawValue)
    member("voucher", request.voucher)
    member("maxCharge", request.maxCharge)
    name("dryRun")
    bool(request.dryRun)
  }

  fileprivate mutating func write(_ settlement: Settlement, at now: Moment) {
    member("requestId", settlement.requestId)
    member("outcome", settlement.outcome.rawValue)
    member("settled", settlement.settled)
    member("reason", settlement.reason)
    member("providerReference", settlement.providerReference)
    member("settledAt", now)
  }

  fileprivate mutating func write(_ change: InstanceChange) {
    member("revision", change.revision)
    if let instance = change.instance {
      name("instance")
      write(instance)
    } else {
      member("instanceId", change.instanceId)
      name("removed")
      bool(true)
    }
  }
}
