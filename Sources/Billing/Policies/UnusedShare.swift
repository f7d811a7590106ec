extension QuoteRequest {
  /// How much of an unfinished order's time is left, as a part of its period; 1 before it starts.
  func unusedShare<Number: ExactNumber>(_ index: Int) -> Number {
    Number(Int128(unusedSeconds(index)), over: Int128(periodSeconds(index)))
  }

  private func unusedText(_ index: Int) -> Wording {
    "\(unusedSeconds(index), of: periodSeconds(index)) unused"
  }

  private func unusedSeconds(_ index: Int) -> Int64 {
    let start = max(now, subscription.orders[index].startsAt)
    return Instant.seconds(from: start, to: subscription.orders[index].endsAt)
  }

  private func periodSeconds(_ index: Int) -> Int64 {
    Instant.seconds(
      from: subscription.orders[index].startsAt, to: subscription.orders[index].endsAt)
  }

  /// T, the terms left: Σ terms × unused share over unfinished purchases and renewals.
  ///
  /// Refuses subscriptions without any order: they would be changed for nothing.
  func unusedTerms<Number: ExactNumber>(
    _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Number {
    var total = Number.zero
    var hasOrder = false
    for index in subscription.orders.indices where isUnfinished(index) {
      hasOrder = true
      guard subscription.orders[index].kind != .resize else { continue }
      let terms = subscription.orders[index].terms ?? 1
      let left = try (unusedShare(index) as Number).multiplied(by: Number(Int64(terms)))
      workings.note(
        "order \(subscription.orders[index].orderId): "
          + "\(terms, "term"), \(unusedText(index))",
        "\(left)")
      total = try total.adding(left)
    }
    guard hasOrder else {
      throw QuoteRefusal(
        .invalidPeriod, "no order says how many terms are left; record the order it runs on")
    }
    workings.note("terms left in all", "\(total)")
    return total
  }

  /// Σ cash × unused share over unfinished orders, of one kind or of all.
  func unusedCash<Number: ExactNumber>(
    ofKind kind: Order.Kind? = nil, _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Number {
    var total = Number.zero
    for index in subscription.orders.indices
    where isUnfinished(index) && (kind == nil || kind == subscription.orders[index].kind) {
      let cash = subscription.orders[index].paidCash
      let left = try Number(cash).multiplied(by: unusedShare(index))
      workings.note(
        "order \(subscription.orders[index].orderId): paid \(cash), \(unusedText(index))",
        "\(amount: left)"
      )
      total = try total.adding(left)
    }
    return total
  }
}
