extension QuoteRequest {
  /// Checks everything that does not depend on the formula, in the order of the codes.
  ///
  /// - Returns: the expiry, which is the end of the last order.
  func checkedExpiry(_ change: borrowing ConfigurationChange) throws(QuoteRefusal) -> Instant {
    let expiry = try checkedPeriod()
    guard now < expiry else {
      throw QuoteRefusal(.instanceExpired, "the subscription ended at \(expiry); renew it first")
    }
    try checkPaid()
    try checkCurrencies()
    try checkPrices(change)
    try checkAmounts()
    return expiry
  }

  private func checkedPeriod() throws(QuoteRefusal) -> Instant {
    if let start = subscription.startsAt, let end = subscription.expiresAt, start >= end {
      throw QuoteRefusal(.invalidPeriod, "the subscription ends at \(end), not after its start")
    }
    var first: Instant?
    var last: Instant?
    for index in subscription.orders.indices {
      let start = subscription.orders[index].startsAt
      let end = subscription.orders[index].endsAt
      guard start < end, subscription.orders[index].terms ?? 1 >= 0 else {
        throw QuoteRefusal(
          .invalidPeriod,
          "order \(subscription.orders[index].orderId) has no period: \(start) to \(end)")
      }
      guard subscription.orders[index].status != .canceled else { continue }
      first = min(first ?? start, start)
      last = max(last ?? end, end)
    }
    guard let expiry = last ?? subscription.expiresAt else {
      throw QuoteRefusal(.invalidPeriod, "neither orders nor an expiry say when it ends")
    }
    if let start = subscription.startsAt ?? first, now < start {
      throw QuoteRefusal(.invalidPeriod, "the subscription starts at \(start), after \(now)")
    }
    if let usage = subscription.usage, usage.fullMonths < 0 || usage.partialSeconds < 0 {
      throw QuoteRefusal(.invalidPeriod, "the usage is negative")
    }
    return expiry
  }

  private func checkPaid() throws(QuoteRefusal) {
    for index in subscription.orders.indices where subscription.orders[index].status == .unpaid {
      throw QuoteRefusal(
        .unpaidOrder,
        "order \(subscription.orders[index].orderId) is unpaid; pay or cancel it first")
    }
  }

  private func checkCurrencies() throws(QuoteRefusal) {
    for index in subscription.orders.indices {
      guard
        let other = subscription.orders[index].currency, other != currency.code,
        subscription.orders[index].status != .canceled
      else { continue }
      throw mismatch("order \(subscription.orders[index].orderId)", other)
    }
    if let voucher, voucher.currency != currency.code {
      throw mismatch("the voucher", voucher.currency)
    }
    if let maxCharge, maxCharge.currency != currency.code {
      throw mismatch("maxCharge", maxCharge.currency)
    }
  }

  private func mismatch(_ what: String, _ other: String) -> QuoteRefusal {
    QuoteRefusal(
      .currencyMismatch, "\(what) is in \(other), the prices are in \(currency); none is converted")
  }

  private func checkPrices(_ change: borrowing ConfigurationChange) throws(QuoteRefusal) {
    guard
      !change.old.hasNegative, !change.new.hasNegative,
      product.unit?.termPrice.isNegative != true,
      product.bandwidth?.monthlyPerMbps?.isNegative != true,
      product.bandwidth?.hourlyPerMbps?.isNegative != true
    else {
      throw QuoteRefusal(
        .invalidPrice,
        "a price, units or Mbps of \(change.old.name) or \(change.new.name) are negative")
    }
  }

  private func checkAmounts() throws(QuoteRefusal) {
    for index in subscription.orders.indices where hasNegativeAmount(index) {
      throw QuoteRefusal(
        .invalidPrice, "order \(subscription.orders[index].orderId) has a negative amount")
    }
    if maxCharge?.value.isNegative == true {
      throw QuoteRefusal(.invalidPrice, "maxCharge is negative")
    }
    guard let voucher else { return }
    guard !voucher.value.isNegative, Money(voucher.value, currency: currency) != nil else {
      throw QuoteRefusal(
        .invalidPrice, "the voucher's \(voucher.value) is not an amount of \(currency)")
    }
  }
}

extension QuoteRequest {
  /// Whether an amount of an order that counts is negative.
  private func hasNegativeAmount(_ index: Int) -> Bool {
    subscription.orders[index].status != .canceled
      && (subscription.orders[index].paidCash.isNegative
        || subscription.orders[index].refunded.isNegative
        || subscription.orders[index].paidVoucher.isNegative
        || subscription.orders[index].listAmount?.isNegative == true)
  }
}

extension ConfigurationChange.Side {
  fileprivate var hasNegative: Bool {
    mbps < 0 || units ?? 0 < 0 || specification?.monthly?.isNegative == true
      || specification?.termPrice?.isNegative == true
      || specification?.hourly.contains { $0.price.isNegative } == true
  }
}
