extension QuoteRequest {
  /// What is given back for resizes that are taken back at the moment they began, as a refund: all
  /// of their cash that was not given back yet. Vouchers stay used ("001, Note"; "002, Billing
  /// rules").
  /// - Parameter taken: Places in the subscription's orders, the last first.
  func cashTakenBack<Number: ExactNumber>(
    _ taken: [Int], _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Number {
    for index in taken.reversed() {
      let order = subscription.orders[index]
      workings.note(
        "order \(order.orderId) began at this moment and is taken back: paid", "\(order.paidCash)")
      if !order.refunded.isZero {
        workings.note("refunded of it before", "-\(order.refunded)")
      }
    }
    let total: Number = try settling(taken).refundableCash()
    workings.conclude("refund of \(amount: total)")
    return try total.negated()
  }

  /// The quote of what was paid for these orders, with a share of each of them: one that a voucher
  /// paid alone has no cash to give back, but is canceled like the others.
  func settled(
    _ result: some ExactNumber, takingBack taken: [Int], policy: Policy,
    _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Quote {
    var quote = try settling(taken).settled(result, policy: policy, &workings)
    quote.refundOf = taken.reversed().map { index in
      let orderId = subscription.orders[index].orderId
      let cash = quote.refundOf.first { $0.orderId == orderId }?.amount
      return RefundShare(orderId: orderId, amount: cash ?? .zero(currency), isTakenBack: true)
    }
    return quote
  }

  /// The request as if there were no orders but these, so that a refund is of them and bounded by
  /// them.
  private func settling(_ taken: [Int]) -> QuoteRequest {
    var part = self
    part.subscription.orders = taken.reversed().map { subscription.orders[$0] }
    return part
  }
}
