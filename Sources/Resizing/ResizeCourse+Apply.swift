import Billing

extension ResizeCourse {
  /// Starts to apply a resize that is paid, or for which there is nothing to pay.
  mutating func beginApplying(_ detail: String? = nil) {
    resize.dueAt = nil
    enter(.applying, detail)
    if let changed = changedSinceQuote {
      applyFailed(changed)
      return
    }
    switch rules.applyMode {
    case .inventory: change()
    case .command: command()
    }
  }

  /// Tells the control plane to apply, for the first time or again.
  private mutating func command() {
    guard let instance, !instance.isRemoved, let after = resize.assessment?.after else {
      applyFailed(removed)
      return
    }
    resize.applyAttempt += 1
    resize.dueAt = now.adding(milliseconds: rules.applyTimeout)
    emissions.append(
      .apply(
        requestId: resize.requestId, tenantId: resize.request.tenantId,
        instanceId: resize.request.instanceId, target: after,
        expectedRevision: instance.revision, attempt: resize.applyAttempt))
    note("applyRequested", "attempt \(resize.applyAttempt)")
  }

  mutating func applied(_ report: ApplyReport) {
    guard resize.state == .applying else { return }
    switch report.outcome {
    case .applied:
      // Also of an instance that was removed since: it was changed before.
      change(isCarriedOut: true)
    case .failed:
      let reason = report.reason
      applyFailed(
        Reason(
          code: reason?.code ?? ReasonCode.applyFailed.rawValue,
          message: reason?.message ?? "the control plane could not apply the change"))
    }
  }

  /// No answer does not say that nothing was done, so nothing is given back: the command is repeated.
  mutating func applyDue() {
    note("applyUnanswered", "attempt \(resize.applyAttempt)")
    command()
    guard resize.state == .applying, resize.applyAttempt >= rules.applyAttentionAttempt else {
      return
    }
    flag(
      Reason(
        .applyUnanswered,
        "the control plane was told \(resize.applyAttempt) times to apply "
          + "\(resize.requestId) and has not answered"))
  }

  /// Changes the instance's record; what comes after it depends on the money.
  private mutating func change(isCarriedOut: Bool = false) {
    guard let assessment = resize.assessment, var record = instance,
      isCarriedOut || !record.isRemoved
    else {
      applyFailed(removed)
      return
    }
    let (quote, after) = (assessment.quote, assessment.after)
    resize.attention = nil
    resize.dueAt = nil
    record.instance = record.instance.applying(after, quote, requestId: resize.requestId)
    instance = record
    note("applied", after.summary)
    if let rates = quote.rateChange {
      emissions.append(
        .rateChanged(
          requestId: resize.requestId, tenantId: resize.request.tenantId,
          instanceId: resize.request.instanceId, currency: quote.amount.currency.code,
          before: rates.before, after: rates.after, effectiveAt: now))
    }
    guard quote.direction == .refund else {
      end(.completed)
      return
    }
    enter(.awaitingRefund)
    let parts = quote.refundOf.filter { $0.amount.minorUnits > 0 }
      .map { Movement.Part(orderId: $0.orderId, amount: $0.amount) }
    askForRefund(.downgrade, quote.amount, parts: parts)
  }

  private mutating func applyFailed(_ reason: Reason) {
    note("applyFailed", reason.message)
    // It was about the answer that has come.
    resize.attention = nil
    resize.dueAt = nil
    guard let payment = resize.payment, payment.state == .succeeded else {
      end(.failed, reason)
      return
    }
    resize.reason = reason
    enter(.compensating, reason.message)
    askForRefund(.compensation, payment.amount)
  }

  /// Why what was quoted cannot be applied any more; nil where the instance is as it was quoted.
  private var changedSinceQuote: Reason? {
    guard let before = resize.assessment?.before, let record = instance, !record.isRemoved else {
      return nil
    }
    let instanceId = resize.request.instanceId
    let present = record.instance.configuration
    guard present == before else {
      return Reason(
        .instanceChanged,
        "instance \(instanceId) was \(before.summary) when the resize was quoted and is "
          + "\(present.summary) now; ask for it anew")
    }
    // What was charged is the price until then: a renewal would get the new specification for nothing.
    guard resize.payment != nil, let end = resize.assessment?.quote.expiresAt else { return nil }
    let presentEnd = record.instance.subscription.expiry ?? end
    guard presentEnd == end else {
      return Reason(
        .instanceChanged,
        "instance \(instanceId) ended at \(end.rfc3339) when the resize was quoted and ends at "
          + "\(presentEnd.rfc3339) now; ask for it anew")
    }
    guard now.instant < end else {
      return Reason(
        .instanceChanged,
        "instance \(instanceId) has ended at \(end.rfc3339), before the resize was paid; renew it and "
          + "ask anew")
    }
    return nil
  }

  private var removed: Reason {
    Reason(
      .instanceRemoved, "instance \(resize.request.instanceId) was removed before it was resized")
  }
}

extension ResizeCourse {
  /// What the timer means depends on what is waited for.
  mutating func timerDue() {
    switch resize.state {
    case .awaitingPayment: paymentDue()
    case .applying: applyDue()
    case .awaitingRefund, .compensating, .rejected, .quoted, .completed, .failed, .canceled:
      refundDue()
    }
  }
}
