import Billing

extension Instance {
  /// What the instance is now, with the bandwidth of its network.
  public var configuration: Configuration {
    var configuration = subscription.configuration
    configuration.mbps = subscription.network?.mbps ?? configuration.mbps
    return configuration
  }

  /// What the instance is after a resize: with the order that a charge adds, what a refund owes, a moved expiry (Billing.docc, Which rule).
  ///
  /// A refund counts as given back from here on: it is owed and asked for without end. Orders that the control plane has struck since
  /// the quote are left out.
  func applying(_ after: Configuration, _ quote: Quote, requestId: String) -> Instance {
    let orderId = "resize-" + requestId
    var rest = quote
    rest.refundOf.removeAll { share in
      !subscription.orders.contains { $0.orderId == share.orderId }
    }
    let isKnown = subscription.orders.contains { $0.orderId == orderId }
    var changed = subscription
    if !isKnown, let completed = subscription.completing(rest, target: after, orderId: orderId) {
      changed = completed
    } else {
      changed.configuration = after
    }
    return with(subscription: changed)
  }
}

extension Configuration {
  /// The configuration in a few words, e.g. `S5.LARGE8, 5 Mbps`.
  public var summary: String { String(wording: "\(self)") }
}

extension Wording {
  /// A configuration in a few words.
  mutating func appendInterpolation(_ configuration: Configuration) {
    let (spec, units) = (configuration.spec, configuration.units)
    if let spec { appendInterpolation(spec) }
    if let units {
      if spec != nil { appendLiteral(", ") }
      appendInterpolation(units)
      appendLiteral(" units")
    }
    if let mbps = configuration.mbps {
      if spec != nil || units != nil { appendLiteral(", ") }
      appendInterpolation(mbps)
      appendLiteral(" Mbps")
    }
  }
}

extension Quote {
  /// The quote in a few words, e.g. `charge 197.66 USD`.
  public var summary: String {
    direction == .none ? "nothing to pay" : String(wording: "\(direction.rawValue) \(amount)")
  }
}
