import Billing

/// A quote to be computed over and over, on one product of two sizes.
struct QuoteCase {
  let title: String
  let request: QuoteRequest

  static let all = [
    QuoteCase("remainingTimeProration, 1 order, up", .up, .remainingTimeProration, orders: 1),
    QuoteCase("remainingTimeProration, 3 orders, up", .up, .remainingTimeProration, orders: 3),
    QuoteCase("remainingTimeProration, 3 orders, down", .down, .remainingTimeProration, orders: 3),
    QuoteCase("dailyDifferential, 1 order, up", .up, .dailyDifferential, orders: 1),
    QuoteCase("calendarMonthDifferential, 1 order, up", .up, .calendarMonthDifferential, orders: 1),
    QuoteCase("unusedValueRefund, 3 orders, down", .down, .unusedValueRefund, orders: 3),
    QuoteCase("extendExpiry, 1 order, down", .down, .extendExpiry, orders: 1),
  ]

  private enum Direction { case up, down }

  private init(_ title: String, _ direction: Direction, _ policy: Policy, orders count: Int) {
    self.title = title
    let orders = Array(Self.orders.prefix(count))
    let (small, large) = (Configuration(spec: "S5.MEDIUM2"), Configuration(spec: "S5.LARGE8"))
    request = QuoteRequest(
      product: Self.product(policy), productName: "cvm", catalogVersion: "2026-11-01",
      currency: Self.dollar,
      subscription: Subscription(
        startsAt: Self.at("2025-01-01T03:14:07Z"), expiresAt: orders.map(\.endsAt).max(),
        orders: orders, configuration: direction == .up ? small : large),
      target: direction == .up ? large : small, now: Self.at("2025-05-11T03:04:05Z"))
  }

  private static let dollar = known(Currency(code: "USD"))

  private static let orders = [
    order("o-1", .purchase, "2025-01-01T03:14:07Z", "2026-01-05T11:22:33Z"),
    order("o-2", .renewal, "2026-01-05T11:22:33Z", "2027-03-01T01:02:03Z"),
    order("o-3", .resize, "2025-04-01T17:00:01Z", "2027-03-01T01:02:03Z"),
  ]

  private static func order(_ id: String, _ kind: Order.Kind, _ start: String, _ end: String)
    -> Order
  {
    Order(
      orderId: id, kind: kind, startsAt: at(start), endsAt: at(end), terms: 1,
      listAmount: decimal("201.60"), paidCash: decimal("167.33"), currency: "USD")
  }

  private static func product(_ policy: Policy) -> Product {
    let rule = Rule(
      policy: policy,
      termTiers: [
        TermTier(minMonths: 6, payRatio: decimal("0.88")),
        TermTier(minMonths: 12, payRatio: decimal("0.83")),
      ])
    return Product(
      timeZone: known(TimeZoneRules(identifier: "Asia/Shanghai")), upgrade: rule, downgrade: rule,
      maxDowngrades: 5,
      specifications: [
        "S5.MEDIUM2": Specification(
          monthly: decimal("16.8"), termPrice: decimal("18.857"),
          hourly: [HourlyStep(price: decimal("0.04"))]),
        "S5.LARGE8": Specification(
          monthly: decimal("44.8"), termPrice: decimal("37.714"),
          hourly: [HourlyStep(price: decimal("0.12"))]),
      ])
  }

  private static func at(_ text: String) -> Instant { known(Instant(rfc3339: text)) }
  private static func decimal(_ text: String) -> ExactDecimal { known(ExactDecimal(text)) }

  /// The values above are the program's own.
  private static func known<Value>(_ value: Value?) -> Value {
    guard let value else { preconditionFailure("a value of the benchmark cannot be read") }
    return value
  }
}
