extension QuoteRequest {
  /// Whether an order counts and is not over yet: current and future ones.
  func isUnfinished(_ index: Int) -> Bool {
    subscription.orders[index].endsAt > now && subscription.orders[index].status != .canceled
  }

  /// The most that can be refunded: Σ max(0, cash − refunded) of unfinished orders.
  func refundableCash<Number: ExactNumber>() throws(QuoteRefusal) -> Number {
    var total = Number.zero
    for index in subscription.orders.indices where isUnfinished(index) {
      let cash = Number(subscription.orders[index].paidCash)
      let left = try cash.subtracting(Number(subscription.orders[index].refunded))
      if !left.isNegative { total = try total.adding(left) }
    }
    return total
  }

  /// The same in whole minor units, each order's rest rounded down.
  func refundableMinorUnits() -> Int128 {
    var total: Int128 = 0
    for index in subscription.orders.indices where isUnfinished(index) {
      total += subscription.orders[index].refundableMinorUnits(currency)
    }
    return total
  }

  /// Which orders' cash a refund is of: the one that starts last first, each at most its rest.
  ///
  /// Of orders that start together the one recorded last comes first. The shares are in the
  /// order of the subscription's orders.
  func refundShares(of amount: Money) -> [RefundShare] {
    let orders = subscription.orders
    let latestFirst = orders.indices.filter(isUnfinished).sorted {
      (orders[$0].startsAt, $0) > (orders[$1].startsAt, $1)
    }
    var shares: [(index: Int, units: Int64)] = []
    var left = Int128(amount.minorUnits)
    for index in latestFirst where left > 0 {
      let units = min(left, orders[index].refundableMinorUnits(currency))
      guard units > 0 else { continue }
      shares.append((index, Int64(units)))
      left -= units
    }
    return shares.sorted { $0.index < $1.index }.map { share in
      RefundShare(
        orderId: orders[share.index].orderId,
        amount: Money(minorUnits: share.units, currency: currency))
    }
  }
}

extension Order {
  /// max(0, cash − refunded) in whole minor units, rounded down.
  func refundableMinorUnits(_ currency: Currency) -> Int128 {
    let digits = ExactDecimal.maximumDigits - currency.minorDigits
    let (cash, cashFraction) = paidCash.parts
    let (back, backFraction) = refunded.parts
    let whole = cash - back
    let fraction = cashFraction - backFraction
    let units = whole * powerOfTen(currency.minorDigits)
    let divisor = powerOfTen(digits)
    let rest = fraction >= 0 ? fraction / divisor : -((divisor - 1 - fraction) / divisor)
    return max(0, units + rest)
  }
}
