import Billing
import Resizing
import Testing

@Suite("An operator's retry")
struct RetryTests {
  private func retry(_ stage: inout Stage) throws(RetryRefusal) {
    guard let resize = stage.resizes["r-1"] else { return }
    let decision = try ResizeMachine.retry(resize, now: stage.now)
    stage.resizes["r-1"] = decision.resize
    stage.timeline += decision.timeline
  }

  private func refusal(_ stage: Stage) -> RetryRefusal.Code? {
    var stage = stage
    do throws(RetryRefusal) {
      try retry(&stage)
      return nil
    } catch { return error.code }
  }

  @Test("A payment in back-off is asked for at once, under the same key")
  func backingOff() throws {
    var stage = Stage()
    stage.request("large")
    stage.settlePayment(.failed)
    try retry(&stage)
    #expect(stage.resizes["r-1"]?.dueAt == stage.now)
    #expect(stage.timeline.last?.event == "retryRequested")
    stage.play(.timerDue(requestId: "r-1"))
    #expect(stage.paymentsAsked.map(\.attempt) == [1, 2])
    #expect(Set(stage.paymentsAsked.map(\.id)) == ["pay_r-1"])
    stage.settlePayment(.succeeded)
    #expect(stage.state() == .completed && stage.postings.count == 2)
  }

  @Test("A payment of another amount was flagged: asked again it may be settled rightly")
  func mismatch() throws {
    var stage = Stage()
    stage.request("large")
    stage.settlePayment(.succeeded, usd("1.00"))
    #expect(stage.resizes["r-1"]?.attention != nil && stage.resizes["r-1"]?.dueAt == nil)
    try retry(&stage)
    stage.play(.timerDue(requestId: "r-1"))
    #expect(stage.paymentsAsked.map(\.attempt) == [1, 2])
    stage.settlePayment(.succeeded)
    #expect(stage.state() == .completed)
    #expect(stage.resizes["r-1"]?.attention == nil)
  }

  @Test("A retry never is what gives a payment up, not even after the last attempt")
  func lastAttempt() throws {
    var stage = Stage(rules: ResizeRules(paymentAttempts: 1))
    stage.request("large")
    stage.now = try #require(stage.resizes["r-1"]?.dueAt)
    try retry(&stage)
    stage.play(.timerDue(requestId: "r-1"))
    #expect(stage.state() == .awaitingPayment)
    #expect(stage.paymentsAsked.map(\.attempt) == [1, 2])
  }

  @Test("A refund that was declined is asked for at once, also where the resize has ended")
  func refund() throws {
    var stage = Stage()
    stage.request("large")
    stage.play(
      .cancelRequested(requestId: "r-1", tenantId: "tenant-1", RequestContext()))
    stage.settlePayment(.succeeded, usd("12.57"))
    stage.settleRefund(.declined)
    try retry(&stage)
    stage.play(.timerDue(requestId: "r-1"))
    #expect(stage.refundsAsked.map(\.movement.attempt) == [1, 2])
    #expect(Set(stage.refundsAsked.map(\.movement.id)) == ["ref_r-1"])
  }

  @Test("It is refused, by name, where there is nothing to ask for")
  func refused() throws {
    var stage = Stage(rules: ResizeRules(applyMode: .command))
    stage.request("large")
    #expect(refusal(stage) == .answerAwaited)
    stage.settlePayment(.failed)
    try retry(&stage)
    #expect(refusal(stage) == .retrying)
    stage.play(.timerDue(requestId: "r-1"))
    stage.settlePayment(.succeeded)
    #expect(refusal(stage) == .applying)
    stage.report(.applied)
    #expect(refusal(stage) == .ended)
  }

  @Test("A request that was held back has its whole time from when it could leave")
  func waitsLonger() throws {
    var stage = Stage(rules: ResizeRules(settlementTimeout: 1_000))
    stage.request("large")
    let resize = try #require(stage.resizes["r-1"])
    let asked = stage.now
    func wait(_ now: Int64) -> Moment? {
      stage.machine.waitLonger(
        resize, askedSince: asked.adding(milliseconds: 5_000), now: asked.adding(milliseconds: now))?
        .resize?.dueAt
    }
    #expect(wait(5_500) == asked.adding(milliseconds: 6_000))
    #expect(wait(6_000) == nil)
  }
}
