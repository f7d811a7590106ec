import Testing

@testable import Billing

@Suite("After a resize")
struct CompletionTests {
  @Test("a charge adds an order of its cash and its voucher, from now to the expiry")
  func charge() throws {
    var request = try QuoteFixture().request
    request.voucher = try dollars("50.00")
    let quote = try request.quote()
    let after = try #require(
      request.subscription.completing(quote, target: request.target, orderId: "o-2"))
    let order = try #require(after.orders.last)
    #expect(order.kind == .resize && order.terms == 0 && order.orderId == "o-2")
    #expect(order.startsAt == request.now && order.endsAt == request.subscription.expiry)
    #expect(order.paidCash == ExactDecimal("147.66") && order.paidVoucher == ExactDecimal("50"))
    #expect(after.configuration.spec == "S5.LARGE8" && after.downgrades == 0)
  }

  @Test("a refund raises what was refunded, and counts as a downgrade")
  func refund() throws {
    var fixture = try QuoteFixture(downgrade: Rule(policy: .remainingTimeProration))
    fixture.turnToDowngrade()
    fixture.request.subscription.orders[0].refunded = try decimal("0.005")
    let quote = try fixture.request.quote()
    let after = try #require(
      fixture.request.subscription.completing(
        quote, target: fixture.request.target, orderId: "o-2"))
    #expect(quote.amount.value == "12.61")
    #expect(after.orders.map(\.refunded.description) == ["12.615"])
    #expect(after.downgrades == 1)
  }

  @Test("a refund of an order that is not there is not recorded on another")
  func strangeRefund() throws {
    let request = try QuoteFixture().request
    var quote = try request.quote()
    quote.refundOf = [RefundShare(orderId: "o-9", amount: quote.amount)]
    #expect(
      request.subscription.completing(quote, target: request.target, orderId: "o-2") == nil)
  }

  @Test("an extended expiry moves the end of the last order")
  func extended() throws {
    var fixture = try QuoteFixture(downgrade: Rule(policy: .extendExpiry))
    fixture.turnToDowngrade()
    let quote = try fixture.request.quote()
    let after = try #require(
      fixture.request.subscription.completing(
        quote, target: fixture.request.target, orderId: "o-2"))
    #expect(quote.newExpiresAt == (try instant("2025-02-09T16:00:00Z")))
    #expect(after.expiry == quote.newExpiresAt && after.expiresAt == quote.newExpiresAt)
    #expect(after.orders.count == 1)
  }
}
