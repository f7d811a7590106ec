import Testing

@testable import Billing

@Suite("Usage")
struct UsageTests {
  @Test("use is counted from the start of the current order that began first")
  func overlappingOrders() throws {
    var fixture = try QuoteFixture()
    fixture.turnToDowngrade()
    var later = fixture.request.subscription.orders[0]
    later.orderId = "o-2"
    later.startsAt = try instant("2023-04-01T00:00:00Z")
    later.paidCash = try decimal("500")
    for orders in [[0, 1], [1, 0]] {
      let both = [fixture.request.subscription.orders[0], later]
      var request = fixture.request
      request.subscription.orders = orders.map { both[$0] }
      let lines = try request.lines()
      #expect(
        lines.contains(
          QuoteLine(
            text: "used since the current order began at 2022-12-31T00:00:00Z",
            value: "4 months + 24 hours")))
    }
  }

  @Test("a future order, and a resize, begin no use")
  func noCurrentOrder() throws {
    var fixture = try QuoteFixture()
    fixture.turnToDowngrade()
    fixture.request.subscription.startsAt = nil
    fixture.request.subscription.orders[0].startsAt = try instant("2023-06-01T00:00:00Z")
    var resize = fixture.request.subscription.orders[0]
    resize.kind = .resize
    resize.startsAt = try instant("2023-01-01T00:00:00Z")
    fixture.request.subscription.orders.append(resize)
    let lines = try fixture.request.lines()
    #expect(!lines.contains { $0.text.hasPrefix("used") })
  }

  @Test("what is on record counts instead of the elapsed time")
  func recordedUse() throws {
    var fixture = try QuoteFixture()
    fixture.turnToDowngrade()
    fixture.request.product.specifications["S5.MEDIUM2"]?.monthly = .zero
    fixture.request.subscription.usage = Usage(fullMonths: 0, partialSeconds: 172_800)
    #expect(try fixture.request.quote().exact.description == "-16157/100")
  }

  @Test(
    "each step of an hourly price holds for the hours between the one before and its own",
    arguments: [(95, "-1140/100"), (96, "-1152/100"), (97, "-1158/100"), (1000, "-6576/100")])
  func steps(hours: Int64, used: String) throws {
    var fixture = try QuoteFixture()
    fixture.turnToDowngrade()
    fixture.request.product.specifications["S5.MEDIUM2"]?.monthly = .zero
    fixture.request.subscription.orders[0].paidCash = try decimal("100")
    fixture.request.subscription.usage = Usage(fullMonths: 0, partialSeconds: hours * 3600)
    let left = try fixture.request.quote().exact
    let number = try #require(Int128(used.split(separator: "/")[0]))
    #expect(left == Rational(-(10_000 + number), over: 100).fraction)
  }
}
