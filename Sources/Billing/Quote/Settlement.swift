extension QuoteRequest {
  /// The quote of an exact result: bounded, rounded once, and paid by voucher first.
  func settled<Number: ExactNumber>(
    _ result: Number, policy: Policy, _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Quote {
    if result.isNegative {
      return try refund(try result.negated(), policy: policy, &workings)
    }
    let fee = try rounded(result)
    workings.noteConclusion(", rounded half up", "\(amount: fee)")
    guard fee.minorUnits > 0 else {
      return quote(.none, fee, result.fraction, policy)
    }
    var charge = quote(.charge, fee, result.fraction, policy)
    if let voucher, let worth = Money(voucher.value, currency: currency) {
      let applied = min(worth.minorUnits, fee.minorUnits)
      charge.voucherApplied = Money(minorUnits: applied, currency: currency)
      charge.amount = Money(minorUnits: fee.minorUnits - applied, currency: currency)
      charge.direction = charge.amount.minorUnits == 0 ? .none : .charge
      let left = charge.amount
      workings.note(
        """
        to pay after a voucher of \(amount: worth): \
        \(amount: fee) − \(amount: Money(minorUnits: applied, currency: currency))
        """, "\(amount: left)")
    }
    if let maxCharge, maxCharge.value < StatedAmount(charge.amount).value {
      throw QuoteRefusal(
        .chargeAboveLimit,
        "it costs \(charge.amount), more than maxCharge \(maxCharge.value); raise the limit")
    }
    return charge
  }

  private func refund<Number: ExactNumber>(
    _ result: Number, policy: Policy, _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Quote {
    let bound: Number = try refundableCash()
    let isBounded = try bound.isLess(than: result)
    let exact = isBounded ? bound : result
    if isBounded {
      workings.noteConclusion("", "\(amount: try? result.negated())")
      workings.note(
        "at most the cash of unfinished orders, less what was refunded", "\(amount: bound)")
      workings.conclude("refund of \(amount: bound)")
    }
    let whole = try rounded(exact).minorUnits
    let units = Int64(min(Int128(whole), refundableMinorUnits()))
    let amount = Money(minorUnits: units, currency: currency)
    workings.noteConclusion(
      units < whole
        ? "; refunded, rounded down to what each order holds" : "; refunded, rounded half up",
      "\(amount: amount)")
    let signed = try exact.negated().fraction
    guard units > 0 else { return quote(.none, amount, signed, policy) }
    var refund = quote(.refund, amount, signed, policy)
    refund.refundOf = refundShares(of: amount)
    for share in refund.refundOf {
      workings.note("refunded of order \(share.orderId)", "\(amount: share.amount)")
    }
    return refund
  }

  private func rounded(_ number: some ExactNumber) throws(QuoteRefusal) -> Money {
    guard let units = try number.roundedMagnitude(digits: currency.minorDigits) else {
      throw QuoteRefusal(
        .amountTooLarge, "the amount does not fit 64 bits of minor units; check the prices")
    }
    return Money(minorUnits: units, currency: currency)
  }

  func quote(
    _ direction: Quote.Direction, _ fee: Money, _ exact: Fraction, _ policy: Policy
  ) -> Quote {
    Quote(
      direction: direction, amount: fee, exact: exact, policy: policy, fee: fee,
      catalogVersion: catalogVersion, quotedAt: now)
  }
}
