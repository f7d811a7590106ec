import Billing

/// The state machine of resizes: one input and the facts about it in, one decision out.
///
/// Pure: no clock, no randomness, no I/O. A repeated input finds the state already past it and changes nothing, so that any message
/// may arrive twice and in any order.
public struct ResizeMachine: Sendable {
  public let rules: ResizeRules
  public let catalogs: CatalogHistory

  public init(rules: ResizeRules, catalogs: CatalogHistory) {
    self.rules = rules
    self.catalogs = catalogs
  }

  /// Decides what an input leads to.
  /// - Parameters:
  ///   - resize: The stored resize that the input names; nil if there is none.
  ///   - instance: The stored instance of the input or of that resize; nil if there is none.
  ///   - eventId: The id of the event that carried the input; it tells answers apart.
  public func decide(
    _ input: ResizeInput, eventId: String, resize: Resize?, instance: InstanceRecord?, now: Moment
  ) -> Decision {
    switch input {
    case .requested(let request, let context):
      return begin(request, context, eventId, resize, instance, now)
    case .cancelRequested(let requestId, let tenantId, let context):
      return cancel(requestId, tenantId, context, eventId, resize, instance, now)
    case .instanceChanged(let change):
      return follow(change, instance)
    case .paymentSettled(let settlement):
      guard let resize, let payment = resize.payment, payment.id == settlement.movementId else {
        return Decision(deadLetter: Self.unknownMovement("payment", settlement))
      }
      if let contradiction = payment.contradiction(in: settlement) {
        return Decision(deadLetter: contradiction)
      }
      var course = ResizeCourse(resize, instance, rules, now)
      course.paymentSettled(settlement)
      return (consume course).decision()
    case .refundSettled(let settlement):
      guard let resize, let refund = resize.refund, refund.id == settlement.movementId else {
        return Decision(deadLetter: Self.unknownMovement("refund", settlement))
      }
      if let contradiction = refund.contradiction(in: settlement) {
        return Decision(deadLetter: contradiction)
      }
      var course = ResizeCourse(resize, instance, rules, now)
      course.refundSettled(settlement)
      return (consume course).decision()
    case .applied(let report):
      guard let resize, resize.request.instanceId == report.instanceId else {
        let message =
          "no resize \(report.requestId) of instance \(report.instanceId) is known here; "
          + "check what the control plane answers to"
        return Decision(deadLetter: Reason(.unknownRequest, message))
      }
      if let contradiction = resize.contradiction(in: report) {
        return Decision(deadLetter: contradiction)
      }
      var course = ResizeCourse(resize, instance, rules, now)
      course.applied(report)
      return (consume course).decision()
    case .timerDue:
      guard let resize, let due = resize.dueAt, due <= now else { return Decision() }
      var course = ResizeCourse(resize, instance, rules, now)
      course.timerDue()
      return (consume course).decision()
    }
  }

  private static func unknownMovement(_ kind: String, _ settlement: Settlement) -> Reason {
    let message =
      "no \(kind) \(settlement.movementId) of request \(settlement.requestId) was asked for here "
      + "(outcome \(settlement.outcome.rawValue)); if money moved, settle it by hand"
    return Reason(.unknownRequest, message)
  }

  /// A newer revision replaces the record, but for what is known to be refunded; whatever resize holds the instance goes on holding it.
  private func follow(_ change: InstanceChange, _ stored: InstanceRecord?) -> Decision {
    guard let stored else {
      guard let instance = change.instance else { return Decision() }
      return Decision(instance: InstanceRecord(instance: instance, revision: change.revision))
    }
    guard change.revision > stored.revision else { return Decision() }
    var record = stored
    record.revision = change.revision
    record.isRemoved = change.instance == nil
    if let instance = change.instance {
      record.instance = instance.rememberingRefunds(of: stored.instance)
    }
    return Decision(instance: record)
  }
}
