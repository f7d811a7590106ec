import Billing

extension ResizeCourse {
  /// Asks for the payment, for the first time or again; always under the same key.
  mutating func askForPayment() {
    guard let payment = resize.payment else { return }
    let answerBy = now.adding(milliseconds: rules.settlementTimeout)
    resize.dueAt = answerBy
    emissions.append(.paymentRequested(movementRequest(payment, answerBy)))
    note(
      "paymentRequested",
      String(wording: "\(payment.amount) as \(payment.id), attempt \(payment.attempt)"))
  }

  mutating func paymentSettled(_ settlement: Settlement) {
    guard var payment = resize.payment, payment.state != .succeeded else { return }
    switch settlement.outcome {
    case .succeeded:
      guard settlement.settled == payment.amount else {
        mismatch(of: payment, settlement)
        return
      }
      payment.state = .succeeded
      payment.providerReference = settlement.providerReference
      resize.payment = payment
      post(payment)
      note("paymentSucceeded", settlement.providerReference)
      if resize.state == .awaitingPayment {
        resize.attention = nil
        beginApplying()
      } else {
        refundLatePayment(payment)
      }
    case .failed:
      guard resize.state == .awaitingPayment, payment.state == .requested else { return }
      note("paymentFailed", settlement.reason?.message)
      guard payment.attempt < rules.paymentAttempts else {
        giveUpPayment()
        return
      }
      payment.state = .backingOff
      resize.payment = payment
      let wait = rules.paymentBackOff.wait(afterAttempt: payment.attempt, key: payment.id)
      resize.dueAt = now.adding(milliseconds: wait)
    case .declined:
      guard resize.state == .awaitingPayment else { return }
      payment.state = .declined
      resize.payment = payment
      let reason = settlement.reason
      let message = reason?.message ?? "the payment service declined \(payment.id)"
      note("paymentDeclined", message)
      end(
        .failed, Reason(code: reason?.code ?? ReasonCode.paymentDeclined.rawValue, message: message)
      )
    }
  }

  /// The answer is late, or the back-off is over: the outcome may be unknown, so the same is asked under the same key.
  mutating func paymentDue() {
    guard var payment = resize.payment else { return }
    if payment.state == .requested { note("paymentUnanswered", "attempt \(payment.attempt)") }
    guard payment.state == .retrying || payment.attempt < rules.paymentAttempts else {
      giveUpPayment()
      return
    }
    payment.attempt += 1
    payment.state = .requested
    resize.payment = payment
    askForPayment()
  }

  /// Gives a payment up. It may still succeed; then it is refunded.
  mutating func voidPayment(_ reason: VoidReason) {
    guard let payment = resize.payment else { return }
    resize.payment?.state = .voided
    emissions.append(
      .voidRequested(
        paymentId: payment.id, requestId: resize.requestId, tenantId: resize.request.tenantId,
        reason: reason))
    note("paymentVoided", reason.rawValue)
  }

  private mutating func giveUpPayment() {
    voidPayment(.attemptsExhausted)
    let attempts = resize.payment?.attempt ?? 0
    end(
      .failed,
      Reason(
        .paymentAttemptsExhausted,
        "the payment was asked for \(attempts) times and not settled; it was voided, "
          + "and is refunded should it succeed late"))
  }

  /// Money that came for a resize that has ended goes back, once.
  private mutating func refundLatePayment(_ payment: Movement) {
    let reason = Reason(
      .latePayment, "payment \(payment.id) succeeded after the resize had ended; it is refunded")
    askForRefund(.latePayment, payment.amount)
    flag(reason)
  }

  /// A settlement of another amount is not accepted, and not asked for again: people have to look.
  mutating func mismatch(of movement: Movement, _ settlement: Settlement) {
    let settled = settlement.settled.map { "\($0)" } ?? "no amount"
    resize.dueAt = nil
    let reason = Reason(
      .settlementMismatch,
      "\(movement.id) was settled with \(settled) instead of \(movement.amount); "
        + "it is not accepted, settle it by hand or send a corrected settlement")
    // Another wrong amount is another finding: money may have moved twice.
    if resize.attention != reason { resize.attention = nil }
    flag(reason)
  }

  /// Two balanced rows for money that has moved.
  mutating func post(_ movement: Movement) {
    postings += Posting.doubleEntry(of: movement, for: resize.request, at: now)
  }

  func movementRequest(_ movement: Movement, _ answerBy: Moment) -> MovementRequest {
    let compensates = movement.purpose == .compensation || movement.purpose == .latePayment
    return MovementRequest(
      movement: movement, requestId: resize.requestId, tenantId: resize.request.tenantId,
      instanceId: resize.request.instanceId, answerBy: answerBy,
      description: description,
      lines: movement.purpose == .charge || movement.purpose == .downgrade
        ? resize.assessment?.lines ?? [] : [],
      refundedPaymentId: compensates ? resize.payment?.id : nil)
  }

  /// What is paid for, or given back.
  private var description: String {
    let instanceId = resize.request.instanceId
    guard let assessment = resize.assessment else { return "Resize \(instanceId) from ? to ?" }
    return String(
      wording: "Resize \(instanceId) from \(assessment.before) to \(assessment.after)")
  }
}
