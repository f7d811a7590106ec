extension Posting {
  /// The account of the money that a tenant has paid and was given back, as the payment service
  /// holds it: a payment debits it, a refund credits it.
  public static func cashAccount(of tenantId: String) -> String { "cash:" + tenantId }

  /// The account of what was earned from a tenant: a payment credits it, a refund debits it.
  public static func revenueAccount(of tenantId: String) -> String { "revenue:" + tenantId }

  /// The two rows of money that has moved; they add up to zero.
  ///
  /// The state machine posts them and `ledger verify` expects them, so that both mean the same. No
  /// movement is asked for with −2^63 minor units; of a record that somebody has given that amount, the
  /// rows do not add up to zero, so that no store takes them.
  public static func doubleEntry(
    of movement: Movement, for request: ResizeRequest, at moment: Moment
  ) -> [Posting] {
    let amount = movement.amount.minorUnits
    let opposite = 0 &- amount
    let (debit, credit) = movement.purpose.isRefund ? (opposite, amount) : (amount, opposite)
    return [
      (cashAccount(of: request.tenantId), debit), (revenueAccount(of: request.tenantId), credit),
    ].map { account, minorUnits in
      Posting(
        movementId: movement.id, requestId: request.requestId, account: account,
        minorUnits: minorUnits, currency: movement.amount.currency, purpose: movement.purpose,
        postedAt: moment)
    }
  }
}

extension Resize {
  /// The payment and the refund, each where it has succeeded: what the ledger must hold.
  public var settledMovements: [Movement] {
    [payment, refund].compactMap { $0 }.filter { $0.state == .succeeded }
  }
}
