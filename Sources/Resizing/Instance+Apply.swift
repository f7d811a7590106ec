import Billing

extension Instance {
  /// What the instance is now, with the bandwidth of its network.
  public var configuration: Configuration {
    var configuration = subscription.configuration
    configuration.mbps = subscription.network?.mbps ?? configuration.mbps
    return configuration
  }

  /// Becomes what a resize leads to, with the order that a charge adds (BILLING.md, Which rule).
  mutating func apply(
    _ after: Configuration, _ quote: Quote, requestId: String, now: Instant
  ) {
    subscription.configuration = after
    if let mbps = after.mbps {
      var network = subscription.network ?? Network(billing: .traffic, mbps: mbps)
      network.mbps = mbps
      subscription.network = network
    }
    if quote.isDowngrade { subscription.downgrades += 1 }
    if let newExpiresAt = quote.newExpiresAt { subscription.extend(to: newExpiresAt) }
    let orderId = "resize-" + requestId
    let isKnown = subscription.orders.contains { $0.orderId == orderId }
    guard !isKnown, let endsAt = subscription.end, quote.quotedAt < endsAt,
      let order = Order.forResize(orderId: orderId, quote: quote, endsAt: endsAt)
    else { return }
    subscription.orders.append(order)
  }
}

extension Configuration {
  /// The configuration in a few words, e.g. `S5.LARGE8, 5 Mbps`.
  public var summary: String {
    var parts: [String] = []
    if let spec { parts.append(spec) }
    if let units { parts.append("\(units) units") }
    if let mbps { parts.append("\(mbps) Mbps") }
    return parts.joined(separator: ", ")
  }
}

extension Quote {
  /// Whether the change leads to a lower price, as far as the money shows.
  var isDowngrade: Bool {
    direction == .refund || policy == .unusedValueRefund || policy == .extendExpiry
  }

  /// The quote in a few words, e.g. `charge 197.66 USD`.
  public var summary: String {
    direction == .none ? "nothing to pay" : "\(direction.rawValue) \(amount)"
  }
}
