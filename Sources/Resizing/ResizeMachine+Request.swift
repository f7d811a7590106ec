import Billing

extension ResizeMachine {
  /// Begins the course of a request, or answers a repeated one.
  func begin(
    _ request: ResizeRequest, _ context: RequestContext, _ eventId: String, _ known: Resize?,
    _ instance: InstanceRecord?, _ now: Moment
  ) -> Decision {
    if let known {
      guard known.request == request else {
        let reason = Reason(
          .idempotencyMismatch,
          "request id \(request.requestId) was used before with other content; "
            + "the first request stays as it is, choose a new id for this one")
        return answer(request, eventId, context, reason)
      }
      return Decision(emissions: [.status(StatusReport(of: known), replyTo: context.replyTo)])
    }
    var course = ResizeCourse(
      beginning: Resize(request: request, context: context, state: .applying, requestedAt: now),
      instance, rules, now)
    do {
      let assessment = try assess(request, instance, now.instant)
      course.take(assessment)
    } catch {
      course.reject(error.reason)
    }
    return (consume course).decision()
  }

  /// Honours a cancellation while the payment is awaited, else answers with the current status.
  func cancel(
    _ requestId: String, _ tenantId: String, _ context: RequestContext, _ eventId: String,
    _ resize: Resize?, _ instance: InstanceRecord?, _ now: Moment
  ) -> Decision {
    guard let resize, resize.request.tenantId == tenantId else {
      let request = ResizeRequest(
        requestId: requestId, tenantId: tenantId, instanceId: "unknown", target: ResizeTarget())
      let reason =
        resize == nil
        ? Reason(.unknownRequest, "no resize \(requestId) is known; nothing was canceled")
        : Reason(.tenantMismatch, "resize \(requestId) does not belong to tenant \(tenantId)")
      return answer(request, eventId, context, reason)
    }
    guard resize.state == .awaitingPayment else {
      return Decision(emissions: [.status(StatusReport(of: resize), replyTo: context.replyTo)])
    }
    var course = ResizeCourse(resize, instance, rules, now)
    course.cancel()
    return (consume course).decision()
  }

  private func answer(
    _ request: ResizeRequest, _ eventId: String, _ context: RequestContext, _ reason: Reason
  ) -> Decision {
    let report = StatusReport(
      rejecting: request.requestId, tenantId: request.tenantId, instanceId: request.instanceId,
      answerTo: eventId, reason: reason)
    return Decision(emissions: [.status(report, replyTo: context.replyTo)])
  }
}
