import Billing
import Resizing

/// The instances of a simulated run, and what they cost.
enum SimulatedInventory {
  /// Every product has another rule for money.
  static func product(of instance: Int) -> String {
    ["uhost", "cu", "uhost", "hourly", "disk"][instance % 5]
  }

  static func record(of number: Int, tenant: String) -> InstanceRecord {
    let start = instant("2025-04-01T00:00:00Z")
    let end = instant("2026-05-01T00:00:00Z")
    let product = product(of: number)
    let isPostpaid = product == "hourly"
    let order = Order(
      orderId: "o-1", startsAt: start, endsAt: end, terms: 1, paidCash: decimal("20.00"))
    return InstanceRecord(
      instance: Instance(
        instanceId: "ins-\(number)", tenantId: tenant, product: product,
        billingMode: isPostpaid ? .postpaid : .prepaid, state: "stopped",
        subscription: Subscription(
          startsAt: start, expiresAt: end, orders: isPostpaid ? [] : [order],
          configuration: product == "cu" ? Configuration(units: 20) : Configuration(spec: "large"))),
      revision: 1)
  }

  fileprivate static func decimal(_ text: String) -> ExactDecimal { ExactDecimal(text) ?? .zero }

  fileprivate static func instant(_ text: String) -> Instant {
    Instant(rfc3339: text) ?? Instant(secondsSinceEpoch: 0)
  }
}

extension Catalog {
  // A constant of the simulation, not bytes from outside.
  static let dollar = Currency(code: "USD")!

  fileprivate static func simulated(
    _ version: String, from validFrom: Instant?, _ prices: (String, String, String, String)
  ) -> Catalog {
    let proration = Rule(policy: .remainingTimeProration, basis: .list)
    let zone = TimeZoneRules(identifier: "UTC")!
    func specification(_ price: String) -> Specification {
      let price = SimulatedInventory.decimal(price)
      return Specification(monthly: price, termPrice: price, hourly: [HourlyStep(price: price)])
    }
    let specifications = [
      "small": specification(prices.0), "large": specification(prices.1),
      "huge": specification(prices.2),
    ]
    func product(upgrade: Rule, downgrade: Rule) -> Product {
      Product(
        timeZone: zone, upgrade: upgrade, downgrade: downgrade, specifications: specifications)
    }
    return Catalog(
      name: "simulated", version: version, validFrom: validFrom, currency: dollar,
      products: [
        "uhost": product(upgrade: proration, downgrade: proration),
        "hourly": product(upgrade: proration, downgrade: proration),
        "disk": product(
          upgrade: Rule(policy: .dailyDifferential), downgrade: Rule(policy: .extendExpiry)),
        "cu": Product(
          timeZone: zone, upgrade: Rule(policy: .unitProration),
          downgrade: Rule(policy: .unitProration),
          unit: UnitPricing(name: "CU", termPrice: SimulatedInventory.decimal(prices.3), min: 10)),
      ])
  }
}

extension CatalogHistory {
  /// Prices change a minute after a run has begun.
  static let simulated = CatalogHistory([
    .simulated("1", from: nil, ("18.857", "37.714", "99.99", "1.00")),
    .simulated(
      "2", from: SimulatedInventory.instant("2025-04-11T00:01:00Z"),
      ("20.00", "35.50", "120.005", "1.25")),
  ])
}
