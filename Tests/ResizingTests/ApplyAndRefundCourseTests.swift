import Billing
import Resizing
import Testing

@Suite("The course after the money, and of refunds")
struct ApplyAndRefundCourseTests {
  private let command = ResizeRules(applyMode: .command)

  @Test("A downgrade is applied first and refunded then")
  func downgrade() throws {
    var stage = Stage(.uhost("large"))
    stage.request("small")
    #expect(stage.state() == .awaitingRefund)
    #expect(stage.record.instance.configuration.spec == "small")
    let asked = try #require(stage.refundsAsked.first?.movement)
    #expect(asked.amount == usd("12.57"))
    #expect(asked.parts == [Movement.Part(orderId: "o-1", amount: usd("12.57"))])
    stage.settleRefund(.succeeded)
    #expect(stage.state() == .completed)
    #expect(stage.record.instance.subscription.orders[0].refunded == decimal("12.57"))
    #expect(stage.record.instance.subscription.downgrades == 1)
    #expect(stage.record.liveResize == nil)
  }

  @Test(
    "A refund is retried without end under one key, and flagged for attention when it is overdue")
  func refundRetried() {
    var stage = Stage(.uhost("large"), rules: ResizeRules(refundAttentionAttempt: 3))
    stage.request("small")
    for _ in 0..<20 {
      stage.settleRefund(.failed)
      stage.ring()
    }
    #expect(stage.state() == .awaitingRefund)
    #expect(stage.refundsAsked.count == 21)
    #expect(Set(stage.refundsAsked.map(\.movement.id)) == ["ref_r-1"])
    #expect(stage.resizes["r-1"]?.attention?.code == "RefundDelayed")
    #expect(stage.statuses.filter { $0.attention != nil }.count == 1)
    stage.settleRefund(.succeeded)
    #expect(stage.state() == .completed)
    #expect(stage.resizes["r-1"]?.attention == nil)
  }

  @Test("A declined refund is still owed")
  func refundDeclined() {
    var stage = Stage(.uhost("large"))
    stage.request("small")
    stage.settleRefund(.declined)
    #expect(stage.state() == .awaitingRefund)
    #expect(stage.resizes["r-1"]?.attention?.code == "RefundDeclined")
    stage.ring()
    #expect(stage.refundsAsked.count == 2)
  }

  @Test(
    "A refund that is declined again waits no longer than it did, and an operator's retry stands")
  func refundDeclinedAgain() throws {
    var stage = Stage(.uhost("large"))
    stage.request("small")
    stage.settleRefund(.declined)
    let declined = try #require(stage.resizes["r-1"])
    stage.now = stage.now.adding(milliseconds: 1_000)
    let retry = try ResizeMachine.retry(declined, now: stage.now)
    stage.resizes["r-1"] = retry.resize
    stage.settleRefund(.declined)
    #expect(stage.resizes["r-1"]?.refund?.state == .retrying)
    #expect(stage.resizes["r-1"]?.dueAt == stage.now)
    #expect(stage.timeline.count { $0.event == "refundDeclined" } == 1)
  }

  @Test(
    "What was refunded stays refunded, though the control plane's next revision knows nothing of it"
  )
  func refundRemembered() throws {
    let sold = Instance.uhost("large")
    var stage = Stage(sold)
    stage.request("small")
    stage.settleRefund(.succeeded)
    stage.play(
      .instanceChanged(InstanceChange(instanceId: sold.instanceId, revision: 2, instance: sold)))
    #expect(stage.record.instance.configuration.spec == "large")
    #expect(stage.record.instance.subscription.orders[0].refunded == decimal("12.57"))
    var more = sold
    var subscription = sold.subscription
    subscription.orders[0].refunded = decimal("13.00")
    more = more.with(subscription: subscription)
    stage.play(
      .instanceChanged(InstanceChange(instanceId: sold.instanceId, revision: 3, instance: more)))
    #expect(stage.record.instance.subscription.orders[0].refunded == decimal("13.00"))
  }

  @Test(
    "What was quoted of another configuration is not applied: a payment for it goes back",
    arguments: [ApplyMode.inventory, .command])
  func changedSinceQuote(_ mode: ApplyMode) throws {
    let instance = Instance.uhost("small")
    var stage = Stage(instance, rules: ResizeRules(applyMode: mode))
    stage.request("large")
    var subscription = instance.subscription
    subscription.configuration.spec = "twin"
    stage.play(
      .instanceChanged(
        InstanceChange(
          instanceId: instance.instanceId, revision: 2,
          instance: instance.with(subscription: subscription))))
    stage.settlePayment(.succeeded)
    #expect(stage.state() == .compensating)
    #expect(stage.commands.isEmpty)
    #expect(stage.record.instance.configuration.spec == "twin")
    #expect(stage.resizes["r-1"]?.reason?.code == "InstanceChanged")
    stage.settleRefund(.succeeded)
    #expect(stage.state() == .failed)
  }

  @Test(
    "What was charged until one end is not applied where the instance ends at another, or has ended: the payment goes back",
    arguments: [ApplyMode.inventory, .command], [true, false])
  func endedSinceQuote(_ mode: ApplyMode, isRenewed: Bool) throws {
    let instance = Instance.uhost("small")
    var stage = Stage(instance, rules: ResizeRules(applyMode: mode))
    stage.request("large")
    var subscription = instance.subscription
    let end = try #require(subscription.expiry)
    if isRenewed {
      subscription.orders.append(
        Order(
          orderId: "o-2", kind: .renewal, startsAt: end,
          endsAt: try #require(Instant(rfc3339: "2026-05-01T00:00:00Z")), terms: 12,
          paidCash: decimal("452.64")))
      stage.play(
        .instanceChanged(
          InstanceChange(
            instanceId: instance.instanceId, revision: 2,
            instance: instance.with(subscription: subscription))))
    } else {
      stage.now = Moment(end)
    }
    stage.settlePayment(.succeeded)
    #expect(stage.state() == .compensating)
    #expect(stage.commands.isEmpty)
    #expect(stage.record.instance.subscription.orders == subscription.orders)
    let reason = try #require(stage.resizes["r-1"]?.reason)
    #expect(reason.code == "InstanceChanged" && reason.message.contains("2025-05-01T00:00:00Z"))
    stage.settleRefund(.succeeded)
    #expect(stage.state() == .failed)
  }

  @Test(
    "What was renewed while the control plane applied a charged resize is not part of what was charged"
  )
  func renewedWhileApplying() throws {
    let instance = Instance.uhost("small")
    var stage = Stage(instance, rules: command)
    stage.request("large")
    stage.settlePayment(.succeeded)
    var subscription = instance.subscription
    let end = try #require(subscription.expiry)
    subscription.orders.append(
      Order(
        orderId: "o-2", kind: .renewal, startsAt: end,
        endsAt: try #require(Instant(rfc3339: "2026-05-01T00:00:00Z")), terms: 12,
        paidCash: decimal("452.64")))
    stage.play(
      .instanceChanged(
        InstanceChange(
          instanceId: instance.instanceId, revision: 2,
          instance: instance.with(subscription: subscription))))
    stage.report(.applied)
    #expect(stage.state() == .completed)
    let orders = stage.record.instance.subscription.orders
    #expect(orders.map(\.orderId) == ["o-1", "o-2", "resize-r-1"])
    #expect(orders.last?.endsAt == end)
  }

  @Test("Attention for a missing answer ends with the answer, also one that nothing was applied")
  func answeredAfterAttention() {
    var stage = Stage(rules: command)
    stage.request("large")
    stage.settlePayment(.succeeded)
    for _ in 1..<command.applyAttentionAttempt { stage.ring() }
    #expect(stage.resizes["r-1"]?.attention?.code == "ApplyUnanswered")
    stage.report(.failed)
    #expect(stage.state() == .compensating)
    #expect(stage.resizes["r-1"]?.attention == nil)
    for _ in 1..<command.refundAttentionAttempt { stage.ring() }
    #expect(stage.resizes["r-1"]?.attention?.code == "RefundDelayed")

    var refunded = Stage(.uhost("large"), rules: command)
    refunded.request("small")
    for _ in 1..<command.applyAttentionAttempt { refunded.ring() }
    refunded.report(.failed)
    #expect(refunded.state() == .failed)
    #expect(refunded.resizes["r-1"]?.attention == nil)
  }

  @Test("That a change is applied after it was taken to have failed goes to the dead letters")
  func appliedAfterFailure() {
    var stage = Stage(rules: command)
    stage.request("large")
    stage.settlePayment(.succeeded)
    stage.ring()
    #expect(stage.commands == [1, 2])
    stage.report(.failed)
    #expect(stage.state() == .compensating)
    #expect(stage.report(.applied).resize == nil)
    #expect(stage.deadLetters.map(\.code) == ["AppliedAfterFailure"])
  }

  @Test("A downgrade that was applied before its instance was removed is refunded")
  func removedAfterApplied() {
    var stage = Stage(.uhost("large"), rules: command)
    stage.request("small")
    let id = stage.record.instance.instanceId
    stage.play(.instanceChanged(InstanceChange(instanceId: id, revision: 9, instance: nil)))
    stage.report(.applied)
    #expect(stage.state() == .awaitingRefund)
    #expect(stage.refundsAsked.map(\.movement.amount) == [usd("12.57")])
    #expect(stage.record.isRemoved)
  }

  @Test("A change without a difference in price moves no money")
  func zero() {
    var stage = Stage()
    stage.request("twin")
    #expect(stage.state() == .completed)
    #expect(stage.statuses.map(\.status) == [.applying, .completed])
    #expect(stage.paymentsAsked.isEmpty && stage.refundsAsked.isEmpty && stage.postings.isEmpty)
  }

  @Test("A postpaid instance changes its hourly price and pays nothing now")
  func postpaid() throws {
    var stage = Stage(.uhost(mode: .postpaid))
    stage.request("large")
    #expect(stage.state() == .completed)
    let rates = stage.emissions.compactMap { emission -> [[HourlyStep]]? in
      if case .rateChanged(_, _, _, _, let before, let after, _) = emission {
        [before, after]
      } else {
        nil
      }
    }
    #expect(
      rates == [[[HourlyStep(price: decimal("0.04"))], [HourlyStep(price: decimal("0.12"))]]])
    #expect(stage.postings.isEmpty)
  }

  @Test("A dry run is quoted and changes nothing")
  func dryRun() {
    var stage = Stage()
    let before = stage.record
    stage.request("large", dryRun: true)
    #expect(stage.state() == .quoted)
    #expect(stage.statuses.first?.assessment?.quote.amount == usd("12.57"))
    #expect(stage.record == before)
    #expect(stage.paymentsAsked.isEmpty)
  }

  @Test(
    "In the mode command the control plane is told once it is paid, and the worker waits for it")
  func commanded() {
    var stage = Stage(rules: command)
    stage.request("large")
    #expect(stage.commands.isEmpty)
    stage.settlePayment(.succeeded)
    #expect(stage.state() == .applying)
    #expect(stage.commands == [1])
    #expect(stage.record.instance.configuration.spec == "small")
    stage.report(.applied)
    stage.report(.applied)
    #expect(stage.state() == .completed)
    #expect(stage.record.instance.configuration.spec == "large")
    #expect(stage.record.instance.subscription.orders.count == 2)
  }

  @Test("A paid change that cannot be applied is paid back whole, then it has failed")
  func compensated() {
    var stage = Stage(rules: command)
    stage.request("large")
    stage.settlePayment(.succeeded)
    stage.report(.failed)
    #expect(stage.state() == .compensating)
    #expect(stage.refundsAsked.map(\.movement.amount) == [usd("12.57")])
    #expect(stage.refundsAsked.first?.movement.purpose == .compensation)
    stage.settleRefund(.succeeded)
    #expect(stage.state() == .failed)
    #expect(stage.resizes["r-1"]?.reason?.code == "ApplyFailed")
    #expect(stage.record.liveResize == nil)
    #expect(stage.record.instance.configuration.spec == "small")
  }

  @Test("An unpaid change that cannot be applied has failed")
  func unpaidFailure() {
    var stage = Stage(.uhost("large"), rules: command)
    stage.request("small")
    stage.report(.failed)
    #expect(stage.state() == .failed)
    #expect(stage.refundsAsked.isEmpty)
  }

  @Test("No answer from the control plane does not say that nothing was done: it is told again")
  func applyUnanswered() {
    var stage = Stage(rules: command)
    stage.request("large")
    stage.settlePayment(.succeeded)
    stage.ring()
    stage.ring()
    #expect(stage.state() == .applying)
    #expect(stage.commands == [1, 2, 3])
    #expect(stage.resizes["r-1"]?.attention?.code == "ApplyUnanswered")
    #expect(stage.refundsAsked.isEmpty)
  }

  @Test("An instance that is removed before it is resized is paid back")
  func removed() {
    var stage = Stage()
    stage.request("large")
    stage.play(.instanceChanged(InstanceChange(instanceId: "ins-1", revision: 2, instance: nil)))
    stage.settlePayment(.succeeded)
    #expect(stage.state() == .compensating)
    #expect(stage.resizes["r-1"]?.reason?.code == "InstanceRemoved")
  }

  @Test(
    "A newer revision of an instance keeps the resize that holds it, an older one changes nothing")
  func revisions() {
    var stage = Stage()
    stage.request("large")
    let changed = Instance.uhost().with(state: "running")
    stage.play(
      .instanceChanged(InstanceChange(instanceId: "ins-1", revision: 2, instance: changed)))
    #expect(stage.record.liveResize == "r-1")
    #expect(stage.record.instance.state == "running")
    let older = stage.play(
      .instanceChanged(InstanceChange(instanceId: "ins-1", revision: 2, instance: .uhost())))
    #expect(older == Decision())
  }
}
