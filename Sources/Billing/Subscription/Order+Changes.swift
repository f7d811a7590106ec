extension Order {
  /// The order a charged resize adds once it is done: from the change to the expiry, without
  /// terms of its own.
  ///
  /// - Returns: nil if nothing was charged; then no order is added.
  public static func forResize(
    orderId: String, quote: Quote, endsAt: Instant, change: Change? = nil
  ) -> Order? {
    let voucher = quote.voucherApplied ?? .zero(quote.amount.currency)
    guard quote.direction == .charge || voucher.minorUnits > 0 else { return nil }
    let cash = quote.direction == .charge ? quote.amount : .zero(quote.amount.currency)
    return Order(
      orderId: orderId, kind: .resize, startsAt: quote.quotedAt, endsAt: endsAt, terms: 0,
      listAmount: StatedAmount(quote.fee).value, paidCash: StatedAmount(cash).value,
      paidVoucher: StatedAmount(voucher).value, currency: quote.amount.currency.code,
      change: change)
  }
}
