import Testing

@testable import Billing

@Suite("Settlement")
struct SettlementTests {
  @Test("the fee is rounded first, then the voucher pays up to all of it")
  func voucher() throws {
    var fixture = try QuoteFixture()
    fixture.request.voucher = try dollars("50.00")
    var quote = try fixture.request.quote()
    #expect(quote.fee.value == "197.66" && quote.amount.value == "147.66")
    #expect(quote.voucherApplied?.value == "50.00" && quote.direction == .charge)
    fixture.request.voucher = try dollars("500")
    quote = try fixture.request.quote()
    #expect(quote.voucherApplied?.value == "197.66" && quote.amount.value == "0.00")
    #expect(quote.direction == .none)
    #expect(quote.exact.description == "1803648/9125")
  }

  @Test("a voucher is not an amount of the currency if it has more digits")
  func voucherDigits() throws {
    var fixture = try QuoteFixture()
    fixture.request.voucher = try dollars("50.001")
    #expect(refusal(fixture.request) == .invalidPrice)
  }

  @Test("a voucher is kept where nothing is charged")
  func voucherOfRefund() throws {
    var fixture = try QuoteFixture()
    fixture.turnToDowngrade()
    fixture.request.voucher = try dollars("50.00")
    #expect(try fixture.request.quote().voucherApplied == nil)
  }

  @Test("a refund is of the order that starts last first, and of each at most what it holds")
  func refundShares() throws {
    var request = try QuoteFixture().request
    request.subscription.orders = [
      Order(
        orderId: "o-1", startsAt: try instant("2022-12-31T00:00:00Z"),
        endsAt: try instant("2023-12-31T00:00:00Z"), paidCash: try decimal("49.96")),
      Order(
        orderId: "o-2", kind: .renewal, startsAt: try instant("2023-12-31T00:00:00Z"),
        endsAt: try instant("2024-12-31T00:00:00Z"), paidCash: try decimal("59.96")),
      Order(
        orderId: "o-0", startsAt: try instant("2022-01-01T00:00:00Z"),
        endsAt: try instant("2022-12-31T00:00:00Z"), paidCash: try decimal("1000")),
    ]
    let amount = try #require(Money(value: "109.44", currency: request.currency))
    let shares = request.refundShares(of: amount)
    #expect(shares.map(\.orderId) == ["o-1", "o-2"])
    #expect(shares.map(\.amount.value) == ["49.48", "59.96"])
  }

  @Test("cash below the minor unit is not refunded, though the exact result has it")
  func subMinorCash() throws {
    var fixture = try QuoteFixture(
      downgrade: Rule(policy: .remainingTimeProration, basis: .list))
    fixture.turnToDowngrade()
    fixture.request.subscription.orders[0].terms = 100
    fixture.request.subscription.orders[0].paidCash = try decimal("37.718")
    fixture.request.subscription.orders[0].refunded = try decimal("0.001")
    let quote = try fixture.request.quote()
    #expect(quote.exact.description == "-37717/1000")
    #expect(quote.amount.value == "37.71")
    #expect(quote.refundOf.map(\.amount.value) == ["37.71"])
  }

  @Test("what an order was refunded beyond its cash lowers what the others can give back")
  func overRefundedOrder() throws {
    var fixture = try QuoteFixture(
      downgrade: Rule(policy: .remainingTimeProration, basis: .list))
    fixture.turnToDowngrade()
    var second = fixture.request.subscription.orders[0]
    second.orderId = "o-2"
    second.terms = 100
    second.paidCash = try decimal("100")
    fixture.request.subscription.orders[0].paidCash = try decimal("10")
    fixture.request.subscription.orders[0].refunded = try decimal("20")
    fixture.request.subscription.orders.append(second)
    var quote = try fixture.request.quote()
    #expect(quote.amount.value == "90.00" && quote.exact.description == "-90/1")
    #expect(quote.refundOf == [RefundShare(orderId: "o-2", amount: quote.amount)])
    fixture.request.subscription.orders[0].refunded = try decimal("20.001")
    quote = try fixture.request.quote()
    #expect(quote.amount.value == "89.99" && quote.exact.description == "-89999/1000")
    fixture.request.subscription.orders[0].refunded = try decimal("500")
    quote = try fixture.request.quote()
    #expect(quote.direction == .none && quote.refundOf.isEmpty && quote.exact.isZero)
  }

  @Test("the amount of the largest count of minor units passes, a higher one is refused")
  func largestAmount() throws {
    var fixture = try QuoteFixture(upgrade: Rule(policy: .remainingTimeProration))
    fixture.request.now = try instant("2022-12-31T00:00:00Z")
    fixture.request.product.specifications["S5.MEDIUM2"]?.termPrice = .zero
    fixture.request.product.specifications["S5.LARGE8"]?.termPrice =
      try decimal("92233720368547758.07")
    #expect(try fixture.request.quote().amount.minorUnits == .max)
    fixture.request.product.specifications["S5.LARGE8"]?.termPrice =
      try decimal("92233720368547758.08")
    #expect(refusal(fixture.request) == .amountTooLarge)
  }
}
