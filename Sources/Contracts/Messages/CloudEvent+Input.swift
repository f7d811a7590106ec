import Billing
import Resizing

extension CloudEvent {
  /// What the event means to the state machine.
  func input(_ context: RequestContext) throws(ContractViolation) -> ResizeInput {
    switch type {
    case .resizeRequested:
      return .requested(try ResizeRequest(data), context)
    case .resizeCancelRequested:
      return .cancelRequested(
        requestId: try data.identifier("requestId"), tenantId: try data.identifier("tenantId"),
        context)
    case .paymentSettled:
      return .paymentSettled(try Settlement(data, movementId: "paymentId"))
    case .refundSettled:
      return .refundSettled(try Settlement(data, movementId: "refundId"))
    case .instanceApplied:
      return .applied(try ApplyReport(data))
    case .instanceChanged:
      return .instanceChanged(try InstanceChange(data))
    default:
      throw ContractViolation(.unknownType, at: "type", "is not read here")
    }
  }
}

/// The largest number of units or Mbps that is read.
let largestCount: Int64 = 1_000_000_000

extension ResizeRequest {
  convenience init(_ fields: Fields) throws(ContractViolation) {
    self.init(
      requestId: try fields.identifier("requestId"), tenantId: try fields.identifier("tenantId"),
      instanceId: try fields.identifier("instanceId"),
      target: try ResizeTarget(try fields.object("target")),
      billingMode: try fields.optionalChoice("billingMode"),
      voucher: try fields.optionalMoney("voucher"),
      maxCharge: try fields.optionalMoney("maxCharge"),
      dryRun: try fields.optionalBool("dryRun") ?? false)
  }
}

extension ResizeTarget {
  init(_ fields: Fields) throws(ContractViolation) {
    self.init(
      spec: try fields.optionalWord("spec"),
      units: try fields.optionalInteger("units", in: -largestCount...largestCount).map { Int($0) },
      mbps: try fields.optionalInteger("mbps", in: 0...largestCount).map { Int($0) })
    guard spec != nil || units != nil || mbps != nil else {
      throw ContractViolation(
        .missingField, at: fields.path, "should say at least one of \"spec\", \"units\", \"mbps\"")
    }
    guard spec == nil || units == nil else {
      throw ContractViolation(
        .invalidValue, at: fields.path,
        "has both \"spec\" and \"units\"; a product is sold by the one or the other")
    }
  }
}

extension Settlement {
  init(_ fields: Fields, movementId name: String) throws(ContractViolation) {
    self.init(
      movementId: try fields.movementId(name), requestId: try fields.identifier("requestId"),
      outcome: try fields.choice("outcome"), settled: try fields.optionalMoney("settled"),
      reason: try fields.optionalReason("reason"),
      providerReference: try fields.optionalString("providerReference"))
    _ = try fields.optionalInstant("settledAt")
  }
}

extension ApplyReport {
  init(_ fields: Fields) throws(ContractViolation) {
    self.init(
      requestId: try fields.identifier("requestId"),
      instanceId: try fields.identifier("instanceId"), outcome: try fields.choice("outcome"),
      reason: try fields.optionalReason("reason"))
    _ = try fields.optionalInstant("appliedAt")
  }
}

extension InstanceChange {
  init(_ fields: Fields) throws(ContractViolation) {
    let revision = try fields.integer("revision", in: 0...Int64.max)
    if try fields.optionalBool("removed") == true {
      guard fields.optional("instance") == nil else {
        throw fields.invalid("removed", "is true, but there is an \"instance\", too")
      }
      self.init(
        instanceId: try fields.identifier("instanceId"), revision: revision, instance: nil)
      return
    }
    let instance = try Instance(try fields.object("instance"))
    self.init(instanceId: instance.instanceId, revision: revision, instance: instance)
  }
}
