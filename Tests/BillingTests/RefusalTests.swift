import Testing

@testable import Billing

@Suite("Refusals")
struct RefusalTests {
  /// Makes one thing wrong, in the order of the preconditions.
  private static let faults: [(QuoteRefusal.Code, @Sendable (inout QuoteRequest) throws -> Void)] =
    [
      (.unknownSpec, { $0.target.spec = "S9.HUGE" }),
      (.invalidPeriod, { $0.subscription.startsAt = try instant("2023-12-31T00:00:00Z") }),
      (.instanceExpired, { $0.now = try instant("2023-12-31T00:00:00Z") }),
      (.unpaidOrder, { $0.subscription.orders[0].status = .unpaid }),
      (
        .currencyMismatch, { $0.maxCharge = try StatedAmount(currency: "CNY", value: decimal("1")) }
      ),
      (.invalidPrice, { $0.subscription.orders[0].refunded = try decimal("-1") }),
      (.downgradeLimitReached, { $0.product.maxDowngrades = 0 }),
      (.amountTooLarge, { $0.subscription.orders[0].paidCash = try decimal("999999999999999999") }),
    ]

  @Test("of two faults, the one that comes first is the answer")
  func order() throws {
    for (position, earlier) in Self.faults.enumerated() {
      for later in Self.faults[position...] {
        var fixture = try QuoteFixture()
        fixture.turnToDowngrade()
        try later.1(&fixture.request)
        try earlier.1(&fixture.request)
        #expect(refusal(fixture.request) == earlier.0, "\(earlier.0) before \(later.0)")
      }
    }
  }

  @Test("the codes stand in the order they are checked, under their wire names")
  func wireNames() {
    #expect(
      QuoteRefusal.Code.allCases.map(\.rawValue) == [
        "UnknownSpec", "InvalidPeriod", "InstanceExpired", "UnpaidOrder", "CurrencyMismatch",
        "InvalidPrice", "DowngradeLimitReached", "AmountTooLarge", "ChargeAboveLimit",
      ])
  }

  @Test("a charge up to the limit passes, one cent more does not")
  func limitIsInclusive() throws {
    var fixture = try QuoteFixture()
    fixture.request.maxCharge = try dollars("197.66")
    #expect(refusal(fixture.request) == nil)
    fixture.request.maxCharge = try dollars("197.65")
    #expect(refusal(fixture.request) == .chargeAboveLimit)
    fixture.request.voucher = try dollars("0.01")
    #expect(refusal(fixture.request) == nil)
  }

  @Test(
    "a period that is none is refused",
    arguments: [
      ("2023-12-31T00:00:00Z", "2023-12-31T00:00:00Z"),
      ("2024-01-01T00:00:00Z", "2023-12-31T00:00:00Z"),
      ("2023-05-01T00:00:01Z", "2023-12-31T00:00:00Z"),
    ])
  func periods(start: String, end: String) throws {
    var fixture = try QuoteFixture()
    fixture.request.subscription.startsAt = nil
    fixture.request.subscription.orders[0].startsAt = try instant(start)
    fixture.request.subscription.orders[0].endsAt = try instant(end)
    #expect(refusal(fixture.request) == .invalidPeriod)
  }

  @Test("without orders the instance's expiry counts, without both there is no period")
  func noOrders() throws {
    var fixture = try QuoteFixture()
    fixture.request.subscription.orders = []
    #expect(try fixture.request.quote().amount.value == "197.66")
    fixture.request.subscription.expiresAt = nil
    #expect(refusal(fixture.request) == .invalidPeriod)
  }

  @Test("terms that no order names are not given away")
  func noTerms() throws {
    var fixture = try QuoteFixture(upgrade: Rule(policy: .remainingTimeProration))
    fixture.request.subscription.orders = []
    #expect(refusal(fixture.request) == .invalidPeriod)
  }

  @Test("a canceled order counts nowhere")
  func canceledOrder() throws {
    var fixture = try QuoteFixture()
    var canceled = fixture.request.subscription.orders[0]
    canceled.status = .canceled
    canceled.currency = "CNY"
    canceled.paidCash = try decimal("-5")
    canceled.endsAt = try instant("2030-01-01T00:00:00Z")
    fixture.request.subscription.orders.append(canceled)
    #expect(try fixture.request.quote().amount.value == "197.66")
  }

  @Test("a price that is missing is refused, never taken as nothing")
  func missingPrices() throws {
    var fixture = try QuoteFixture()
    fixture.turnToDowngrade()
    fixture.request.product.specifications["S5.LARGE8"]?.hourly = []
    fixture.request.subscription.usage = Usage(fullMonths: 4, partialSeconds: 0)
    #expect(refusal(fixture.request) == nil)
    fixture.request.subscription.usage = Usage(fullMonths: 4, partialSeconds: 1)
    #expect(refusal(fixture.request) == .invalidPrice)
    fixture.request.subscription.usage = nil
    fixture.request.subscription.network = Network(billing: .bandwidth, mbps: 5)
    #expect(refusal(fixture.request) == .invalidPrice)
    fixture.request.product.specifications["S5.LARGE8"]?.monthly = nil
    #expect(refusal(fixture.request) == .invalidPrice)
  }

  @Test("without a rule for its direction a change is refused")
  func missingRule() throws {
    var fixture = try QuoteFixture()
    fixture.request.product.upgrade = nil
    #expect(refusal(fixture.request) == .invalidPrice)
    fixture.turnToDowngrade()
    #expect(refusal(fixture.request) == nil)
    fixture.request.product.downgrade = nil
    #expect(refusal(fixture.request) == .invalidPrice)
  }

  @Test("an expiry that would never come, or only after the year 9999, is refused")
  func endlessExpiry() throws {
    var fixture = try QuoteFixture(downgrade: Rule(policy: .extendExpiry))
    fixture.turnToDowngrade()
    fixture.request.product.specifications["S5.MEDIUM2"]?.monthly = .zero
    #expect(refusal(fixture.request) == .invalidPrice)
    fixture.request.product.specifications["S5.MEDIUM2"]?.monthly = try decimal("0.000001")
    #expect(refusal(fixture.request) == .amountTooLarge)
  }

  @Test("a postpaid instance's orders and limits are not looked at")
  func postpaid() throws {
    var fixture = try QuoteFixture()
    fixture.request.isPostpaid = true
    fixture.request.subscription.orders[0].status = .unpaid
    fixture.request.subscription.expiresAt = nil
    let quote = try fixture.request.quote()
    #expect(quote.policy == .rateChange && quote.direction == .none)
    #expect(quote.rateChange?.after.count == 2)
  }
}
