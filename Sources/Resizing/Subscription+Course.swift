import Billing

extension Subscription {
  /// When the last order that counts ends; without orders the subscription's own end.
  var end: Instant? {
    orders.lazy.filter { $0.status != .canceled }.map(\.endsAt).max() ?? expiresAt
  }

  /// Moves the end, as a downgrade that extends the expiry does (000, Degrading Prepaid Instances).
  mutating func extend(to newEnd: Instant) {
    let end = end
    expiresAt = newEnd
    for index in orders.indices where orders[index].endsAt == end { orders[index].endsAt = newEnd }
  }

  /// Notes on the orders what was refunded of them.
  mutating func credit(_ parts: [Movement.Part]) {
    for part in parts {
      guard let index = orders.firstIndex(where: { $0.orderId == part.orderId }) else { continue }
      let before = Money(orders[index].refunded, currency: part.amount.currency)
      let total = (before?.minorUnits ?? 0) + part.amount.minorUnits
      let refunded = Money(minorUnits: total, currency: part.amount.currency)
      orders[index].refunded = StatedAmount(refunded).value
    }
  }
}
