import Testing

@testable import Billing

@Suite("Lines")
struct LinesTests {
  @Test("Lines are kept as they were added, whatever their texts, and differ where a text does")
  func kept() throws {
    let lines = [
      QuoteLine(text: "", value: ""), QuoteLine(text: "a", value: "\u{0}"),
      QuoteLine(text: "ünï¢ode 🐘", value: String(repeating: "x", count: 70_000)),
      QuoteLine(text: "the same", value: "1"), QuoteLine(text: "the same", value: "1"),
    ]
    #expect(Array(QuoteLines(lines)) == lines)
    #expect(QuoteLines(lines) == QuoteLines(lines))
    #expect(QuoteLines(lines) != QuoteLines(lines.dropLast()))
    #expect(QuoteLines([QuoteLine(text: "ab", value: "c")]) != [QuoteLine(text: "a", value: "bc")])
    #expect(QuoteLines().isEmpty && Array(QuoteLines()) == [])
    let name = String(repeating: "ä", count: 300)
    var written = WrittenWorkings()
    written.note("price of \(name) × \(name)", "\(Int64(7))")
    #expect(Array(written.lines) == [QuoteLine(text: "price of \(name) × \(name)", value: "7")])
  }

  @Test("the upgrade of the reference document is explained as the payment event shows it")
  func upgrade() throws {
    #expect(
      try QuoteFixture().request.lines() == [
        QuoteLine(text: "monthly price S5.LARGE8 44.8 − S5.MEDIUM2 16.8", value: "28"),
        QuoteLine(text: "remaining 244 days ÷ (365/12)", value: "2928/365 months"),
        QuoteLine(text: "term discount, 6 months and more: pay 88 %", value: "0.88"),
        QuoteLine(text: "28 × 2928/365 × 0.88, rounded half up", value: "197.66"),
      ])
  }

  @Test("voucher, bandwidth and the steps of hourly prices have lines of their own")
  func everyTerm() throws {
    var fixture = try QuoteFixture()
    fixture.request.voucher = try dollars("50.00")
    #expect(
      try fixture.request.lines().last
        == QuoteLine(text: "to pay after a voucher of 50.00: 197.66 − 50.00", value: "147.66"))

    fixture.turnToDowngrade()
    fixture.request.product.bandwidth = BandwidthPricing(
      monthlyPerMbps: try decimal("20"), hourlyPerMbps: try decimal("0.063"))
    fixture.request.subscription.network = Network(billing: .bandwidth, mbps: 1)
    fixture.request.target.mbps = 0
    fixture.request.subscription.usage = Usage(fullMonths: 7, partialSeconds: 432_000)
    fixture.request.subscription.orders[0].paidCash = try decimal("1000")
    let lines = try fixture.request.lines().map { "\($0.text) = \($0.value)" }
    #expect(
      lines == [
        "paid for order o-1 = 1000",
        "use on record = 7 months + 120 hours",
        "used S5.LARGE8, full months: 44.8 × 7 × 0.88 (6 months and more) = -275.968",
        "used bandwidth, full months: 20 × 7 × 0.88 (6 months and more) = -123.2",
        "used S5.LARGE8, hours: 0.12 × 96 = -11.52",
        "used S5.LARGE8, hours: 0.06 × 24 = -1.44",
        "used bandwidth, hours: 0.063 × 1 Mbps × 120 = -7.56",
        "new specification S5.MEDIUM2: 16.8 × 244 days ÷ (365/12) × 0.88 (6 months and more)"
          + " = ≈ -118.59603287",
        "sum of these = ≈ 461.71596712",
        "the larger of 0 and ≈ 461.71596712; refunded, rounded half up = 461.72",
        "refunded of order o-1 = 461.72",
      ])
  }

  @Test("a factor that is cut off has digits enough for the product to be the amount")
  func longFactor() throws {
    for price in ["987654321", "987654321987", "4.1"] {
      var fixture = try QuoteFixture(upgrade: Rule(policy: .remainingTimeProration))
      fixture.request.currency = try #require(Currency(code: "VND"))
      fixture.request.product.specifications["S5.MEDIUM2"]?.termPrice = .zero
      fixture.request.product.specifications["S5.LARGE8"]?.termPrice = try decimal(price)
      fixture.request.subscription.orders[0].endsAt = try instant("2023-12-31T00:00:01Z")
      fixture.request.subscription.expiresAt = fixture.request.subscription.orders[0].endsAt
      var orders = fixture.request.subscription.orders
      for (number, end) in ["2024-11-07T03:04:06Z", "2025-10-13T02:03:08Z"].enumerated() {
        var next = orders[number]
        next.orderId = "o-\(number + 2)"
        next.startsAt = try instant("2023-06-01T00:00:00Z")
        next.endsAt = try instant(end)
        orders.append(next)
      }
      fixture.request.now = try instant("2023-08-01T01:02:03Z")
      fixture.request.subscription.orders = orders
      let quote = try fixture.request.quote()
      let lines = try fixture.request.lines()
      let product = try #require(lines.first { $0.text.contains(" × ≈ ") })
      let factor = try #require(product.text.split(separator: "≈ ").last)
      let units = try Rational(try decimal(price)).multiplied(by: Rational(decimal("\(factor)")))
        .roundedMagnitude(digits: 0)
      #expect(units == quote.amount.minorUnits, "\(product)")
    }
  }

  @Test("lines exist for every policy and lead to the amount")
  func everyPolicy() throws {
    for policy in Policy.allCases {
      var fixture = try QuoteFixture(downgrade: Rule(policy: policy))
      fixture.turnToDowngrade()
      fixture.request.product.unit = UnitPricing(name: "CU", termPrice: try decimal("10"))
      fixture.request.subscription.configuration.units = 100
      fixture.request.target.units = 50
      let quote = try fixture.request.quote()
      let lines = try fixture.request.lines()
      #expect(quote.policy == policy)
      #expect(lines.contains { $0.value == quote.amount.value })
    }
  }

  @Test(
    "numbers are written for a pocket calculator",
    arguments: [
      (1, 2, "0.5", "0.5"), (2928, 365, "2928/365", "≈ 8.02191780"),
      (-1, 3, "-1/3", "≈ -0.33333333"),
      (12, 1, "12", "12"), (0, 1, "0", "0"), (1, 100_000_000, "0.00000001", "0.00000001"),
    ])
  func texts(numerator: Int, denominator: Int, text: String, amount: String) {
    let number = Rational(Int128(numerator), over: Int128(denominator))
    let amountText = String(wording: "\(amount: number)")
    #expect(String(wording: "\(number)") == text)
    #expect(amountText == amount || amountText + "0" == amount)
  }
}
