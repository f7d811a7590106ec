import Testing

@testable import Billing

/// The instance of "002, Billing examples", and what can be varied about it.
struct QuoteFixture {
  var request: QuoteRequest

  init(upgrade: Rule? = nil, downgrade: Rule? = nil) throws {
    let tiers = [
      TermTier(minMonths: 6, payRatio: try decimal("0.88")),
      TermTier(minMonths: 12, payRatio: try decimal("0.83")),
    ]
    let product = Product(
      timeZone: .utc, upgrade: upgrade ?? Rule(policy: .dailyDifferential, termTiers: tiers),
      downgrade: downgrade ?? Rule(policy: .unusedValueRefund, termTiers: tiers),
      specifications: [
        "S5.MEDIUM2": Specification(
          monthly: try decimal("16.8"), termPrice: try decimal("18.857"),
          hourly: [HourlyStep(price: try decimal("0.04"))]),
        "S5.LARGE8": Specification(
          monthly: try decimal("44.8"), termPrice: try decimal("37.714"),
          hourly: [
            HourlyStep(uptoHours: 96, price: try decimal("0.12")),
            HourlyStep(price: try decimal("0.06")),
          ]),
      ])
    let order = Order(
      orderId: "o-1", startsAt: try instant("2022-12-31T00:00:00Z"),
      endsAt: try instant("2023-12-31T00:00:00Z"), paidCash: try decimal("167.33"))
    request = QuoteRequest(
      product: product, productName: "cvm", catalogVersion: "2026-11-01",
      currency: try #require(Currency(code: "USD")),
      subscription: Subscription(
        startsAt: order.startsAt, expiresAt: order.endsAt, orders: [order],
        configuration: Configuration(spec: "S5.MEDIUM2")),
      target: Configuration(spec: "S5.LARGE8"), now: try instant("2023-05-01T00:00:00Z"))
  }

  /// The same instance the other way round: large, and to become small.
  mutating func turnToDowngrade() {
    request.subscription.configuration.spec = "S5.LARGE8"
    request.target.spec = "S5.MEDIUM2"
  }
}

func decimal(_ text: String) throws -> ExactDecimal { try #require(ExactDecimal(text)) }

func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

func dollars(_ value: String) throws -> StatedAmount {
  StatedAmount(currency: "USD", value: try decimal(value))
}

/// The code a request is refused with; nil if it is quoted.
func refusal(_ request: QuoteRequest) -> QuoteRefusal.Code? {
  do throws(QuoteRefusal) {
    _ = try request.quote()
    return nil
  } catch {
    return error.code
  }
}
