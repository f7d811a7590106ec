import Billing

extension ResizeCourse {
  /// Asks for a refund for the first time.
  mutating func askForRefund(
    _ purpose: Movement.Purpose, _ amount: Money, parts: [Movement.Part] = []
  ) {
    resize.refund = Movement(
      id: "ref_" + resize.requestId, purpose: purpose, amount: amount, parts: parts)
    askForRefundAgain()
  }

  private mutating func askForRefundAgain() {
    guard let refund = resize.refund else { return }
    let answerBy = now.adding(milliseconds: rules.settlementTimeout)
    resize.dueAt = answerBy
    emissions.append(.refundRequested(movementRequest(refund, answerBy)))
    note(
      "refundRequested",
      String(wording: "\(refund.amount) as \(refund.id), attempt \(refund.attempt)"))
  }

  mutating func refundSettled(_ settlement: Settlement) {
    guard var refund = resize.refund, refund.state != .succeeded else { return }
    switch settlement.outcome {
    case .succeeded:
      guard settlement.settled == refund.amount else {
        mismatch(of: refund, settlement)
        return
      }
      refund.state = .succeeded
      refund.providerReference = settlement.providerReference
      resize.refund = refund
      post(refund)
      resize.dueAt = nil
      note("refundSucceeded", settlement.providerReference)
      finishRefund()
    case .failed:
      guard refund.state == .requested else { return }
      let wait = rules.refundBackOff.wait(afterAttempt: refund.attempt, key: refund.id)
      backOffRefund("refundFailed", settlement, wait)
    case .declined:
      // Said again it changes nothing: an operator may have had it asked for anew since.
      if refund.state == .requested {
        backOffRefund("refundDeclined", settlement, rules.refundBackOff.ceilingMilliseconds)
      }
      flag(
        Reason(
          .refundDeclined,
          "the payment service declined refund \(refund.id); it is still owed and asked for again "
            + "from time to time, settle it with the service"))
    }
  }

  private mutating func backOffRefund(_ event: String, _ settlement: Settlement, _ wait: Int64) {
    resize.refund?.state = .backingOff
    resize.dueAt = now.adding(milliseconds: wait)
    note(event, settlement.reason?.message)
  }

  private mutating func finishRefund() {
    resize.attention = nil
    switch resize.state {
    case .awaitingRefund:
      end(.completed)
    case .compensating:
      end(.failed, resize.reason)
    default:
      report()
    }
  }

  /// Refunds are owed: they are asked for without end, and people are told when they are overdue.
  mutating func refundDue() {
    guard var refund = resize.refund, refund.state != .succeeded else {
      resize.dueAt = nil
      return
    }
    if refund.state == .requested { note("refundUnanswered", "attempt \(refund.attempt)") }
    refund.attempt += 1
    refund.state = .requested
    resize.refund = refund
    askForRefundAgain()
    guard refund.attempt >= rules.refundAttentionAttempt, resize.attention == nil else { return }
    flag(
      Reason(
        .refundDelayed,
        "refund \(refund.id) was asked for \(refund.attempt) times and is not settled yet"))
  }
}
