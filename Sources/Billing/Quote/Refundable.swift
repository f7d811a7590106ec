extension QuoteRequest {
  /// Whether an order counts and is not over yet: current and future ones.
  func isUnfinished(_ index: Int) -> Bool {
    subscription.orders[index].endsAt > now && subscription.orders[index].status != .canceled
  }

  /// The most that can be refunded: Σ (cash − refunded) of unfinished orders, at least 0.
  ///
  /// What one of them was refunded beyond its cash has come out of the others'.
  func refundableCash<Number: ExactNumber>() throws(QuoteRefusal) -> Number {
    var total = Number.zero
    for index in subscription.orders.indices where isUnfinished(index) {
      let cash = Number(subscription.orders[index].paidCash)
      total = try total.adding(
        cash.subtracting(Number(subscription.orders[index].refunded)))
    }
    return total.isNegative ? .zero : total
  }

  /// The same in whole minor units, each order's rest rounded down.
  func refundableMinorUnits() -> Int128 {
    var total: Int128 = 0
    for index in subscription.orders.indices where isUnfinished(index) {
      total += minorUnitsLeft(index)
    }
    return max(0, total)
  }

  /// Cash − refunded of one order in whole minor units, rounded down; below 0 where more was refunded.
  private func minorUnitsLeft(_ index: Int) -> Int128 {
    let (cash, cashFraction) = subscription.orders[index].paidCash.parts
    let (back, backFraction) = subscription.orders[index].refunded.parts
    let digits = currency.minorDigits
    let divisor = powerOfTen(ExactDecimal.maximumFractionDigits - digits)
    let fraction = cashFraction - backFraction
    let rest = fraction >= 0 ? fraction / divisor : -((divisor - 1 - fraction) / divisor)
    return (cash - back) * powerOfTen(digits) + rest
  }

  /// Which orders' cash a refund is of: the one that starts last first, each at most its rest.
  ///
  /// Of orders that start together the one recorded last comes first. The shares are in the
  /// order of the subscription's orders.
  func refundShares(of amount: Money) -> [RefundShare] {
    var parts: [(start: Instant, index: Int, units: Int64)] = []
    parts.reserveCapacity(subscription.orders.count)
    for index in subscription.orders.indices where isUnfinished(index) {
      let units = max(0, min(Int128(amount.minorUnits), minorUnitsLeft(index)))
      parts.append((subscription.orders[index].startsAt, index, Int64(units)))
    }
    parts.sort { ($0.start, $0.index) > ($1.start, $1.index) }
    var left = amount.minorUnits
    for position in parts.indices {
      parts[position].units = min(left, parts[position].units)
      left -= parts[position].units
    }
    parts.sort { $0.index < $1.index }
    var shares: [RefundShare] = []
    shares.reserveCapacity(parts.count)
    for part in parts where part.units > 0 {
      let money = Money(minorUnits: part.units, currency: currency)
      shares.append(
        RefundShare(orderId: subscription.orders[part.index].orderId, amount: money))
    }
    return shares
  }
}
