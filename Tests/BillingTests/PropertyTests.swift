import Seeding
import Testing

@testable import Billing

/// Laws of every quote, over CASES generated requests in all (100,000 unless told) from SEED.
@Suite("Properties")
struct PropertyTests {
  private static let cases = SeededGenerator.cases

  /// Runs a law over `count` cases, each with a seed of its own that its failure names.
  private func forAll(
    _ count: Int, salt: UInt64, _ law: (inout CaseGenerator) throws -> String?
  ) {
    var seeds = SeededGenerator(seed: SeededGenerator.seed &+ salt &* 0x1_0000_0001)
    for number in 0..<max(1, count) {
      let seed = seeds.next()
      var generator = CaseGenerator(seed: seed)
      let broken: String?
      do { broken = try law(&generator) } catch { broken = "threw \(error)" }
      guard let broken else { continue }
      Issue.record("case \(number), generator seed \(seed): \(broken)")
      return
    }
  }

  private func quote(_ request: QuoteRequest) -> Quote? { try? request.quote() }

  @Test("money is conserved, refunds are bounded, the sign decides, rounding is within half a unit")
  func everyQuote() {
    var quoted = 0
    forAll(Self.cases / 2, salt: 1) { generator in
      let request = generator.request()
      guard let quote = quote(request) else { return nil }
      quoted += 1
      return brokenLaw(of: quote, request)
    }
    #expect(quoted > Self.cases / 4)
  }

  private func brokenLaw(of quote: Quote, _ request: QuoteRequest) -> String? {
    let amount = quote.amount.minorUnits
    let voucher = quote.voucherApplied?.minorUnits ?? 0
    if amount < 0 || voucher < 0 || quote.fee.minorUnits != amount + voucher {
      return "fee \(quote.fee) is not amount \(amount) + voucher \(voucher)"
    }
    if (quote.direction == .none) != (amount == 0) { return "\(quote.direction) of \(amount)" }
    if quote.direction == .refund && !quote.exact.isNegative { return "a refund of a charge" }
    if quote.direction == .charge && quote.exact.isNegative { return "a charge of a refund" }
    if quote.policy == .unusedValueRefund && quote.direction == .charge { return "charged" }
    let refunded = quote.refundOf.reduce(Int64(0)) { $0 + $1.amount.minorUnits }
    if refunded != (quote.direction == .refund ? amount : 0) { return "shares of \(refunded)" }
    for share in quote.refundOf {
      guard let order = request.subscription.orders.first(where: { $0.orderId == share.orderId })
      else { return "refund of no order" }
      var after = order
      after.recordRefund(share.amount)
      if after.refunded > order.paidCash { return "order \(share.orderId) gives \(share.amount)" }
    }
    return isRounded(quote) ? nil : "fee \(quote.fee) of \(quote.exact)"
  }

  /// Half a unit at most between fee and exact result; refunds may lose one for each order.
  private func isRounded(_ quote: Quote) -> Bool {
    guard
      let exact = Rational(quote.exact.description),
      let scaled = try? exact.multiplied(
        by: Rational(powerOfTen(quote.fee.currency.minorDigits), over: 1)),
      let magnitude = try? scaled.isNegative ? scaled.negated() : scaled,
      let excess = try? Rational(Int128(quote.fee.minorUnits), over: 1).subtracting(magnitude),
      let isAbove = try? Rational(1, over: 2).isLess(than: excess),
      let isBelow = try? excess.isLess(
        than: Rational(exact.isNegative ? -9 : -1, over: 2))
    else { return true }
    return !isAbove && !isBelow
  }

  @Test("128-bit and wide numbers come to the same quote")
  func sameInWideNumbers() {
    forAll(Self.cases / 10, salt: 2) { generator in
      let request = generator.request()
      var workings = NoWorkings()
      guard let narrow = try? request.quote(in: Rational.self, &workings) else { return nil }
      let wide = try request.quote(in: WideRational.self, &workings)
      return narrow == wide ? nil : "\(narrow) is \(wide)"
    }
  }

  @Test("equal instants written in other offsets get the same quote")
  func otherOffsets() {
    forAll(Self.cases / 10, salt: 3) { generator in
      let request = generator.request()
      let minutes = generator.number(-23 * 60...23 * 60)
      var moved = request
      moved.now = try rewritten(request.now, minutes)
      for index in request.subscription.orders.indices {
        moved.subscription.orders[index].startsAt = try rewritten(
          request.subscription.orders[index].startsAt, minutes)
      }
      return moved == request && quote(moved) == quote(request) ? nil : "differs by \(minutes) min"
    }
  }

  private func rewritten(_ moment: Instant, _ minutes: Int) throws -> Instant {
    let local = Instant(secondsSinceEpoch: moment.secondsSinceEpoch + Int64(minutes) * 60)
    let (hour, minute) = abs(minutes).quotientAndRemainder(dividingBy: 60)
    let sign = minutes < 0 ? "-" : "+"
    let offset = "\(sign)\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    return try instant(String(local.rfc3339.dropLast()) + offset)
  }

  @Test("differentials are linear in the price difference")
  func linear() {
    forAll(Self.cases / 10, salt: 4) { generator in
      let policy = generator.one([
        Policy.dailyDifferential, .calendarMonthDifferential, .remainingTimeProration,
      ])
      var request = generator.request(policies: [policy])
      let rule = Rule(policy: policy, termTiers: generator.rule([policy]).termTiers)
      request.product.upgrade = rule
      request.subscription.network = nil
      let base = Int64(generator.number(0...500))
      let steps = [0, generator.number(1...500), generator.number(1...500)]
      let results = [steps[1], steps[2], steps[1] + steps[2]].map { step -> Rational? in
        request.product.specifications = [
          "small": price(base), "large": price(base + Int64(step)),
        ]
        request.subscription.configuration.spec = "small"
        request.target.spec = "large"
        request.maxCharge = nil
        guard let quote = quote(request) else { return nil }
        return Rational(quote.exact.description)
      }
      guard let first = results[0], let second = results[1], let both = results[2] else {
        return nil
      }
      return try first.adding(second).fraction == both.fraction ? nil : "\(steps) at \(base)"
    }
  }

  private func price(_ value: Int64) -> Specification {
    Specification(monthly: ExactDecimal(value), termPrice: ExactDecimal(value))
  }

  @Test("up and straight down again at the same instant costs nothing, whatever the rules")
  func roundTrip() {
    roundTrips(salt: 5, costAtMost: 0) { generator in
      var request = generator.request()
      request.product.upgrade = generator.rule(Policy.allCases)
      request.product.downgrade = generator.rule(Policy.allCases)
      return request
    }
  }

  @Test("under 003 that needs no record of what was changed, and costs nothing but rounding")
  func roundTripByFormula() {
    roundTrips(salt: 8, costAtMost: 1, forgetting: true) { generator in
      var request = generator.request(policies: [.remainingTimeProration])
      request.product.upgrade = Rule(policy: .remainingTimeProration)
      request.product.downgrade = Rule(policy: .remainingTimeProration)
      // What was refunded beyond an order's cash comes out of the others', the new one's, too.
      for index in request.subscription.orders.indices {
        let order = request.subscription.orders[index]
        request.subscription.orders[index].refunded = min(order.refunded, order.paidCash)
      }
      return request
    }
  }

  private func roundTrips(
    salt: UInt64, costAtMost limit: Int64, forgetting isForgotten: Bool = false,
    _ make: (inout CaseGenerator) -> QuoteRequest
  ) {
    var trips = 0
    forAll(Self.cases * 12 / 100, salt: salt) { generator in
      var request = make(&generator)
      request.product.maxDowngrades = nil
      request.voucher = nil
      guard
        let up = quote(request), up.direction == .charge,
        var after = request.subscription.completing(up, target: request.target, orderId: "up")
      else { return nil }
      if isForgotten { after.orders[after.orders.count - 1].change = nil }
      var back = request
      back.target = request.subscription.whole
      back.subscription = after
      let down = try back.quote()
      trips += 1
      let cost = up.amount.minorUnits - down.amount.minorUnits
      return down.direction == .refund && abs(cost) <= limit ? nil : "costs \(cost)"
    }
    #expect(trips > Self.cases / 50)
  }

  @Test("after any sequence of resizes no order was refunded beyond its cash")
  func sequences() {
    forAll(Self.cases / 25, salt: 6) { generator in
      var request = generator.request()
      for index in request.subscription.orders.indices {
        request.subscription.orders[index].refunded = .zero
      }
      for step in 0..<5 {
        request.now = Instant(
          secondsSinceEpoch: request.now.secondsSinceEpoch + Int64(generator.number(0...5_000_000)))
        request.target = Configuration(
          spec: generator.one(["small", "large"]), units: generator.number(0...100))
        guard let quote = quote(request) else { continue }
        request.subscription = try #require(
          request.subscription.completing(
            quote, target: request.target, orderId: "resize-\(step)"))
        for order in request.subscription.orders where order.refunded > max(order.paidCash, .zero) {
          return "order \(order.orderId): \(order.refunded) of \(order.paidCash)"
        }
      }
      return nil
    }
  }

  @Test("lines lead to the amount of every quote")
  func lines() {
    forAll(Self.cases / 25, salt: 7) { generator in
      let request = generator.request()
      guard let quote = quote(request) else { return nil }
      let lines = try request.lines()
      return lines.contains { $0.value == quote.amount.value } ? nil : "\(lines)"
    }
  }
}

extension Rational {
  /// Reads a fraction that fits.
  fileprivate init?(_ text: String) {
    let parts = text.split(separator: "/").compactMap { Int128($0) }
    guard parts.count == 2 else { return nil }
    self.init(parts[0], over: parts[1])
  }
}
