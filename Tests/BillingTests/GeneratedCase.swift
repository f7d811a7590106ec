import Seeding
import Testing

@testable import Billing

/// Random requests: mostly sensible ones, and every now and then a value from the edges.
struct CaseGenerator {
  var random: SeededGenerator

  private static let zones = [
    "UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
    "America/Sao_Paulo", "Africa/Casablanca", "Pacific/Apia",
  ].compactMap { TimeZoneRules(identifier: $0) }

  private static let currencies = ["USD", "USD", "CNY", "JPY", "KWD", "CLF"]
    .compactMap { Currency(code: $0) }

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

  mutating func one<Element>(_ elements: [Element]) -> Element {
    elements[number(0...elements.count - 1)]
  }

  /// A price or an amount below `limit`; one in a hundred is extreme or negative.
  mutating func decimal(below limit: Int, digits: Int = 2) -> ExactDecimal {
    if chance(1) {
      return one([
        .zero, ExactDecimal(-1), ExactDecimal(999_999_999_999_999_999),
        ExactDecimal(significand: 1, scale: 18), ExactDecimal(significand: -1, scale: 18),
      ])
    }
    let scale = chance(10) ? 6 : digits
    let units = Int128(number(0...limit * 1_000_000)) * powerOfTen(scale) / 1_000_000
    return ExactDecimal(significand: units, scale: UInt8(scale))
  }

  mutating func rule(_ policies: [Policy]) -> Rule {
    var months = 0
    let tiers = (0..<number(0...3)).map { _ in
      months += number(1...8)
      return TermTier(minMonths: months, payRatio: decimal(below: 1))
    }
    return Rule(
      policy: one(policies), dayCount: one(Rule.DayCount.allCases),
      newSpecPrice: one(Rule.NewSpecPrice.allCases), basis: one(Rule.Basis.allCases),
      termTiers: tiers)
  }

  mutating func specification() -> Specification {
    Specification(
      monthly: chance(98) ? decimal(below: 300) : nil,
      termPrice: chance(98) ? decimal(below: 500, digits: 3) : nil,
      hourly: (0..<number(0...3)).map { step in
        HourlyStep(
          uptoHours: chance(90) ? (step + 1) * number(1...200) : nil,
          price: decimal(below: 1, digits: 3))
      })
  }

  mutating func product(policies: [Policy]) -> Product {
    Product(
      timeZone: one(Self.zones), upgrade: chance(99) ? rule(policies) : nil,
      downgrade: chance(99) ? rule(policies) : nil, maxDowngrades: chance(20) ? number(0...5) : nil,
      specifications: ["small": specification(), "large": specification()],
      unit: UnitPricing(name: "CU", termPrice: decimal(below: 100)),
      bandwidth: chance(90)
        ? BandwidthPricing(
          monthlyPerMbps: decimal(below: 20), hourlyPerMbps: decimal(below: 1, digits: 3)) : nil)
  }

  mutating func order(_ index: Int, from start: Int64, to end: Int64) -> Order {
    Order(
      orderId: "o-\(index)", kind: one([.purchase, .renewal, .renewal, .resize]),
      startsAt: Instant(secondsSinceEpoch: start), endsAt: Instant(secondsSinceEpoch: end),
      terms: chance(60) ? number(0...24) : nil, paidCash: decimal(below: 3000),
      paidVoucher: chance(20) ? decimal(below: 50) : .zero,
      refunded: chance(30) ? decimal(below: 500) : .zero,
      status: chance(97) ? .paid : one([.unpaid, .canceled]))
  }

  /// A request under one of the policies.
  mutating func request(policies: [Policy] = Policy.allCases) -> QuoteRequest {
    let now = Int64(number(1_000_000_000...2_000_000_000))
    let lengths = (0..<number(1...4)).map { _ in
      Int64(chance(50) ? 365 * 86_400 : number(1...60_000_000))
    }
    var start = now - Int64(number(0...Int(lengths.reduce(0, +)) - 1))
    var orders: [Order] = []
    for (index, length) in lengths.enumerated() {
      orders.append(order(index, from: start, to: start + length))
      start += length + (chance(10) ? Int64(number(-1_000_000...1_000_000)) : 0)
    }
    let names = chance(50) ? ["small", "large"] : ["large", "small"]
    let currency = one(Self.currencies)
    return QuoteRequest(
      product: product(policies: policies), productName: "cvm", currency: currency,
      subscription: Subscription(
        orders: orders,
        usage: chance(20)
          ? Usage(fullMonths: number(0...20), partialSeconds: Int64(number(0...3_000_000))) : nil,
        network: chance(40)
          ? Network(billing: one(Network.Billing.allCases), mbps: number(0...100)) : nil,
        downgrades: number(0...3),
        configuration: Configuration(spec: names[0], units: number(0...100))),
      target: Configuration(
        spec: names[1], units: number(0...100), mbps: chance(30) ? number(0...100) : nil),
      isPostpaid: chance(2), now: Instant(secondsSinceEpoch: now),
      voucher: chance(20)
        ? StatedAmount(currency: currency.code, value: ExactDecimal(Int64(number(0...400)))) : nil,
      maxCharge: chance(10)
        ? StatedAmount(currency: currency.code, value: ExactDecimal(Int64(number(0...4000)))) : nil)
  }
}
