import Billing
import Resizing
import Testing

@Suite("The course of a charge")
struct PaymentCourseTests {
  @Test("A charge is asked for before anything is applied, and holds the instance")
  func asksFirst() {
    var stage = Stage()
    stage.request("large")
    #expect(stage.state() == .awaitingPayment)
    #expect(stage.paymentsAsked.map(\.amount) == [usd("12.57")])
    #expect(stage.record.liveResize == "r-1")
    #expect(stage.record.instance.configuration.spec == "small")
    #expect(stage.postings.isEmpty)
  }

  @Test("A settled payment is applied, adds an order of what was paid, and lets the instance go")
  func completes() throws {
    var stage = Stage()
    stage.request("large")
    stage.settlePayment(.succeeded)
    #expect(stage.state() == .completed)
    #expect(stage.statuses.map(\.status) == [.awaitingPayment, .applying, .completed])
    #expect(stage.statuses.map(\.sequence) == [1, 2, 3])
    #expect(stage.record.instance.configuration.spec == "large")
    #expect(stage.record.liveResize == nil)
    let order = try #require(stage.record.instance.subscription.orders.last)
    #expect(order.kind == .resize)
    #expect(order.paidCash == decimal("12.57"))
    #expect(order.endsAt == Instant(rfc3339: "2025-05-01T00:00:00Z"))
    #expect(stage.postings.map(\.minorUnits) == [1257, -1257])
  }

  @Test("A settlement that comes twice moves money once")
  func settledTwice() {
    var stage = Stage()
    stage.request("large")
    stage.settlePayment(.succeeded)
    let again = stage.settlePayment(.succeeded)
    #expect(again == Decision())
    #expect(stage.postings.count == 2)
  }

  @Test("A failed payment is asked for again after its back-off, under the same key")
  func retried() throws {
    var stage = Stage()
    stage.request("large")
    stage.settlePayment(.failed)
    #expect(stage.state() == .awaitingPayment)
    #expect(stage.paymentsAsked.count == 1)
    stage.ring()
    #expect(stage.paymentsAsked.map(\.attempt) == [1, 2])
    #expect(Set(stage.paymentsAsked.map(\.id)) == ["pay_r-1"])
  }

  @Test(
    "A payment without an answer is not a failed one: the same is asked again under the same key")
  func unanswered() {
    var stage = Stage()
    stage.request("large")
    stage.ring()
    #expect(stage.paymentsAsked.map(\.attempt) == [1, 2])
    #expect(Set(stage.paymentsAsked.map(\.id)) == ["pay_r-1"])
    stage.settlePayment(.succeeded)
    #expect(stage.state() == .completed)
    #expect(stage.postings.count == 2)
  }

  @Test("A timer that rings too early changes nothing")
  func earlyTimer() {
    var stage = Stage()
    stage.request("large")
    #expect(stage.play(.timerDue(requestId: "r-1")) == Decision())
  }

  @Test("A declined payment fails the resize with the service's reason and lets the instance go")
  func declined() {
    var stage = Stage()
    stage.request("large")
    stage.settlePayment(.declined)
    #expect(stage.state() == .failed)
    #expect(stage.resizes["r-1"]?.reason?.code == "PaymentDeclined")
    #expect(stage.record.liveResize == nil)
    #expect(stage.record.instance.configuration.spec == "small")
  }

  @Test(
    "When the attempts are used up the payment is voided and the resize fails",
    arguments: [true, false])
  func exhausted(byFailure: Bool) {
    var stage = Stage(rules: ResizeRules(paymentAttempts: 3))
    stage.request("large")
    for _ in 0..<3 {
      if byFailure { stage.settlePayment(.failed) }
      stage.ring()
    }
    #expect(stage.state() == .failed)
    #expect(stage.resizes["r-1"]?.reason?.code == "PaymentAttemptsExhausted")
    #expect(stage.voids == [.attemptsExhausted])
    #expect(stage.paymentsAsked.count == 3)
    #expect(stage.record.liveResize == nil)
  }

  @Test("A payment that succeeds after the resize has ended is refunded, once")
  func lateSuccess() {
    var stage = Stage(rules: ResizeRules(paymentAttempts: 1))
    stage.request("large")
    stage.ring()
    #expect(stage.state() == .failed)
    stage.settlePayment(.succeeded)
    stage.settlePayment(.succeeded)
    #expect(stage.refundsAsked.count == 1)
    #expect(stage.refundsAsked.first?.movement.purpose == .latePayment)
    #expect(stage.refundsAsked.first?.refundedPaymentId == "pay_r-1")
    stage.settleRefund(.succeeded)
    stage.settleRefund(.succeeded)
    #expect(stage.state() == .failed)
    #expect(stage.resizes["r-1"]?.attention == nil)
    #expect(stage.postings.map(\.minorUnits).reduce(0, +) == 0)
    #expect(
      stage.postings.filter { $0.account.hasPrefix("cash:") }.map(\.minorUnits) == [1257, -1257])
  }

  @Test(
    "A settled amount or currency that differs is not accepted as payment",
    arguments: [usd("12.56"), Money(minorUnits: 1257, currency: Currency(code: "EUR")!)])
  func mismatch(settled: Money) {
    var stage = Stage()
    stage.request("large")
    stage.settlePayment(.succeeded, settled)
    #expect(stage.state() == .awaitingPayment)
    #expect(stage.resizes["r-1"]?.attention?.code == "SettlementMismatch")
    #expect(stage.postings.isEmpty)
    stage.settlePayment(.succeeded)
    #expect(stage.state() == .completed)
    #expect(stage.resizes["r-1"]?.attention == nil)
  }

  @Test("Two wrong amounts are both told: money may have moved twice")
  func mismatchTwice() {
    var stage = Stage()
    stage.request("large")
    for amount in ["5.00", "7.00", "7.00"] { stage.settlePayment(.succeeded, usd(amount)) }
    let told = stage.timeline.filter { $0.event == "attention" }.compactMap(\.detail)
    #expect(told.count == 2)
    #expect(told.last?.contains("7.00") == true)
  }

  @Test("A settled payment that is settled otherwise goes to the dead letters, and changes nothing")
  func contradiction() {
    var stage = Stage()
    stage.request("large")
    func settle(_ amount: Money?, _ reference: String?) {
      var settlement = Settlement(
        movementId: "pay_r-1", requestId: "r-1", outcome: .succeeded, settled: amount)
      settlement.providerReference = reference
      stage.play(.paymentSettled(settlement))
    }
    let amount = stage.paymentsAsked[0].amount
    settle(amount, "ch_1")
    settle(amount, "ch_1")
    settle(amount, nil)
    #expect(stage.deadLetters.isEmpty)
    settle(usd("5.00"), "ch_1")
    settle(amount, "ch_2")
    #expect(
      stage.deadLetters.map(\.code) == ["ContradictorySettlement", "ContradictorySettlement"])
    #expect(stage.postings.count == 2)
  }

  @Test("A settlement of a payment nobody asked for goes to the dead letters")
  func unknownPayment() {
    var stage = Stage()
    stage.settlePayment(.succeeded, usd("1.00"))
    #expect(stage.deadLetters.map(\.code) == ["UnknownRequest"])
  }

  @Test("A cancellation is honoured while the payment is awaited, and voids it")
  func canceled() {
    var stage = Stage()
    stage.request("large")
    stage.play(.cancelRequested(requestId: "r-1", tenantId: "tenant-1", RequestContext()))
    #expect(stage.state() == .canceled)
    #expect(stage.voids == [.canceled])
    #expect(stage.record.liveResize == nil)
    stage.settlePayment(.succeeded)
    #expect(stage.refundsAsked.map(\.movement.amount) == [usd("12.57")])
  }

  @Test("A cancellation that comes too late is answered with the current status")
  func canceledTooLate() {
    var stage = Stage()
    stage.request("large")
    stage.settlePayment(.succeeded)
    let decision = stage.play(
      .cancelRequested(requestId: "r-1", tenantId: "tenant-1", RequestContext()))
    #expect(decision.resize == nil)
    #expect(stage.statuses.last?.status == .completed)
    #expect(stage.statuses.last?.sequence == 3)
  }

  @Test("Nobody cancels the resize of another tenant")
  func canceledByStranger() {
    var stage = Stage()
    stage.request("large")
    stage.play(.cancelRequested(requestId: "r-1", tenantId: "tenant-2", RequestContext()))
    #expect(stage.state() == .awaitingPayment)
    #expect(stage.statuses.last?.reason?.code == "TenantMismatch")
  }
}
