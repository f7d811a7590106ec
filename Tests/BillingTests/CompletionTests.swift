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

  @Test("a change back at the moment a resize began takes it back: its cash, not its voucher")
  func takenBack() throws {
    var request = try QuoteFixture().request
    request.voucher = try dollars("50.00")
    request.subscription.orders.append(
      Order(
        orderId: "next", kind: .renewal, startsAt: try instant("2023-12-31T00:00:00Z"),
        endsAt: try instant("2024-12-31T00:00:00Z"), paidCash: try decimal("300")))
    let up = try request.quote()
    let before = request.subscription
    request.subscription = try #require(
      before.completing(up, target: request.target, orderId: "up"))
    request.target = before.configuration
    let (down, lines) = try request.explainedQuote()
    #expect(down.direction == .refund && down.amount == up.amount && down.isDowngrade)
    #expect(
      down.refundOf == [RefundShare(orderId: "up", amount: up.amount, isTakenBack: true)])
    #expect(lines.map(\.value).last == up.amount.value)
    #expect(Array(lines)[0].text.hasPrefix("order up began at this moment"))
    let after = try #require(
      request.subscription.completing(down, target: request.target, orderId: "down"))
    #expect(after.configuration == before.configuration && after.expiry == before.expiry)
    #expect(after.orders.map(\.status) == [.paid, .paid, .canceled])

    // A second later its rule counts.
    request.now = Instant(secondsSinceEpoch: request.now.secondsSinceEpoch + 1)
    #expect(try !request.quote().takesBack)
  }

  @Test("an order that only a voucher paid is canceled when it is taken back, without a refund")
  func voucherTakenBack() throws {
    var request = try QuoteFixture().request
    request.voucher = try dollars("500.00")
    let up = try request.quote()
    #expect(up.direction == .none)
    let before = request.subscription
    request.subscription = try #require(
      before.completing(up, target: request.target, orderId: "up"))
    request.target = before.configuration
    let down = try request.quote()
    #expect(down.direction == .none && down.amount.minorUnits == 0)
    #expect(
      down.refundOf == [RefundShare(orderId: "up", amount: down.amount, isTakenBack: true)])
    let after = try #require(
      request.subscription.completing(down, target: request.target, orderId: "down"))
    #expect(after.orders.map(\.status) == [.paid, .canceled])
  }

  @Test("what is canceled is what the quote says, whatever became of the subscription since")
  func toldByQuote() throws {
    var request = try QuoteFixture().request
    let up = try request.quote()
    let before = request.subscription
    request.subscription = try #require(
      before.completing(up, target: request.target, orderId: "up"))
    request.target = before.configuration
    var down = try request.quote()
    var since = request.subscription
    since.orders[1].change = nil
    since.configuration.spec = "another"
    #expect(
      since.completing(down, target: request.target, orderId: "down")?.orders.map(\.status)
        == [.paid, .canceled])
    down.refundOf[0].isTakenBack = false
    #expect(
      request.subscription.completing(down, target: request.target, orderId: "down")?.orders
        .map(\.status) == [.paid, .paid])
  }

  @Test("two resizes of one moment are taken back together, or the last alone")
  func bothTakenBack() throws {
    var request = try QuoteFixture().request
    request.product.specifications["S5.2XLARGE16"] = Specification(
      monthly: try decimal("89.6"), hourly: [HourlyStep(price: try decimal("0.2"))])
    let start = request.subscription.configuration
    var charged: [Int64] = []
    for (number, spec) in ["S5.LARGE8", "S5.2XLARGE16"].enumerated() {
      request.target.spec = spec
      let quote = try request.quote()
      charged.append(quote.amount.minorUnits)
      request.subscription = try #require(
        request.subscription.completing(
          quote, target: request.target, orderId: "up-\(number)"))
    }
    request.target.spec = "S5.LARGE8"
    #expect(try request.quote().amount.minorUnits == charged[1])
    request.target = start
    let both = try request.quote()
    #expect(both.amount.minorUnits == charged[0] + charged[1])
    #expect(both.refundOf.map(\.orderId) == ["up-0", "up-1"])
    #expect(both.refundOf.map(\.isTakenBack) == [true, true])
  }

  @Test("a resize is not taken back twice, nor one that something else followed")
  func notTakenBack() throws {
    var request = try QuoteFixture().request
    let up = try request.quote()
    let before = request.subscription
    let upgraded = try #require(
      before.completing(up, target: request.target, orderId: "up"))
    request.target = before.configuration
    request.subscription = upgraded
    let down = try request.quote()
    request.subscription = try #require(
      upgraded.completing(down, target: request.target, orderId: "down"))
    request.subscription.configuration.spec = "S5.LARGE8"
    #expect(try !request.quote().takesBack)

    request.subscription = upgraded
    request.subscription.orders[1].change?.to.spec = "another"
    #expect(try !request.quote().takesBack)
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

  @Test("what was renewed since an extended expiry was quoted stays as long as it is")
  func extendedAndRenewed() throws {
    var fixture = try QuoteFixture(downgrade: Rule(policy: .extendExpiry))
    fixture.turnToDowngrade()
    let quote = try fixture.request.quote()
    let (end, newEnd) = (try #require(quote.expiresAt), try #require(quote.newExpiresAt))
    #expect(end == fixture.request.subscription.expiry)
    var renewed = fixture.request.subscription
    let length: Int64 = 90 * 86_400
    let renewal = Order(
      orderId: "next", kind: .renewal, startsAt: end,
      endsAt: Instant(secondsSinceEpoch: end.secondsSinceEpoch + length),
      paidCash: try decimal("300"))
    renewed.orders.append(renewal)
    let after = try #require(
      renewed.completing(quote, target: fixture.request.target, orderId: "o-2"))
    #expect(after.expiry?.secondsSinceEpoch == newEnd.secondsSinceEpoch + length)
    #expect(after.orders.allSatisfy { $0.status == .paid })
  }

  @Test("a resize that was charged ends when what was charged for does, whatever was renewed since")
  func chargedAndRenewed() throws {
    let request = try QuoteFixture().request
    let quote = try request.quote()
    let end = try #require(request.subscription.expiry)
    var renewed = request.subscription
    renewed.orders.append(
      Order(
        orderId: "next", kind: .renewal, startsAt: end,
        endsAt: Instant(secondsSinceEpoch: end.secondsSinceEpoch + 86_400),
        paidCash: try decimal("300")))
    let after = try #require(
      renewed.completing(quote, target: request.target, orderId: "o-2"))
    #expect(after.orders.last?.kind == .resize && after.orders.last?.endsAt == end)
  }
}

extension Quote {
  fileprivate var takesBack: Bool { refundOf.contains { $0.isTakenBack } }
}
