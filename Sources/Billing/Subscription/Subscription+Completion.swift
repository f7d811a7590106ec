extension Subscription {
  /// When it ends: the end of its last order, or `expiresAt` if no order counts.
  public var expiry: Instant? {
    orders.filter { $0.status != .canceled }.map(\.endsAt).max() ?? expiresAt
  }

  /// The subscription after a change that was quoted, paid or refunded, and applied.
  ///
  /// A charge adds an order of kind `resize` that ends when what was charged for does, a refund raises `refunded` of the orders it is of and
  /// cancels those it takes back, `extendExpiry` moves the end of the last order. What was renewed since
  /// the quote stays as long as it is. Of the target nil stays as it is.
  /// - Parameter orderId: the id of the order a charge adds.
  /// - Returns: nil if the quote refunds an order the subscription has not.
  public func completing(
    _ quote: Quote, target: Configuration, orderId: String
  ) -> Subscription? {
    var changed = self
    for share in quote.refundOf {
      guard let index = changed.orders.firstIndex(where: { $0.orderId == share.orderId }) else {
        return nil
      }
      changed.orders[index].recordRefund(share.amount)
      if share.isTakenBack { changed.orders[index].status = .canceled }
    }
    let change = Order.Change(from: whole, to: whole(after: target))
    if let end = quote.expiresAt ?? expiry,
      let order = Order.forResize(
        orderId: orderId, quote: quote, endsAt: end, change: change)
    {
      changed.orders.append(order)
    }
    if let newExpiry = quote.newExpiresAt {
      let renewed = (quote.expiresAt).map {
        (expiry ?? $0).secondsSinceEpoch - $0.secondsSinceEpoch
      }
      changed.moveExpiry(
        to: Instant(secondsSinceEpoch: newExpiry.secondsSinceEpoch + (renewed ?? 0)))
    }
    changed.configuration.spec = target.spec ?? configuration.spec
    changed.configuration.units = target.units ?? configuration.units
    changed.configuration.mbps = target.mbps ?? configuration.mbps
    if let mbps = target.mbps { changed.network?.mbps = mbps }
    changed.downgrades += quote.isDowngrade ? 1 : 0
    return changed
  }

  /// Lengthens the last order, or cuts off what is beyond; what would start after is canceled.
  private mutating func moveExpiry(to newExpiry: Instant) {
    let standing = orders.indices.filter { orders[$0].status != .canceled }
    if let last = standing.max(by: { orders[$0].endsAt < orders[$1].endsAt }),
      orders[last].endsAt < newExpiry
    {
      orders[last].endsAt = newExpiry
    }
    for index in standing where orders[index].endsAt > newExpiry {
      if orders[index].startsAt < newExpiry {
        orders[index].endsAt = newExpiry
      } else {
        orders[index].status = .canceled
      }
    }
    if expiresAt != nil || standing.isEmpty { expiresAt = newExpiry }
  }
}

extension Order {
  /// Raises `refunded` by what was given back of this order.
  public mutating func recordRefund(_ amount: Money) {
    let scale = max(refunded.scale, UInt8(amount.currency.minorDigits))
    let before = refunded.significand * powerOfTen(Int(scale - refunded.scale))
    let back =
      Int128(amount.minorUnits) * powerOfTen(Int(scale) - amount.currency.minorDigits)
    refunded = ExactDecimal(significand: before + back, scale: scale)
  }
}
