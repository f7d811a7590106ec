import Billing
import Resizing
import Testing

@Suite("Requests and their preconditions")
struct RequestTests {
  private func code(
    _ instance: Instance, _ target: ResizeTarget, mode: BillingMode? = nil,
    tenant: String = "tenant-1", instanceId: String = "ins-1", now: String = midTerm
  ) -> String? {
    var stage = Stage(instance, now: now)
    let request = ResizeRequest(
      requestId: "r-1", tenantId: tenant, instanceId: instanceId, target: target,
      billingMode: mode)
    stage.play(.requested(request, RequestContext()))
    #expect(stage.state() == .rejected)
    #expect(stage.record.liveResize == nil)
    return stage.resizes["r-1"]?.reason?.code
  }

  private let large = ResizeTarget(spec: "large")

  @Test("The first precondition that fails is the answer")
  func preconditions() {
    let stranger = Instance.uhost().with(product: "gpu")
    let busy = Instance.uhost(state: "running").with(operation: "backup")
    #expect(code(stranger, large) == "UnknownProduct")
    #expect(code(busy, large) == "OperationInProgress")
    #expect(code(.uhost(state: "running", media: "local"), large) == "InvalidInstanceState")
    #expect(code(.uhost(media: "local"), large, mode: .postpaid) == "LocalDiskNotSupported")
    #expect(code(.uhost(), ResizeTarget(spec: "huge"), mode: .postpaid) == "BillingModeMismatch")
    #expect(code(.uhost(), ResizeTarget(spec: "huge")) == "UnknownSpec")
    #expect(code(.uhost(), ResizeTarget(spec: "small")) == "NoChange")
    #expect(code(.uhost(), large, now: "2025-03-01T00:00:00Z") == "InvalidPeriod")
    #expect(code(.uhost(), large, now: "2025-05-01T00:00:00Z") == "InstanceExpired")
    #expect(code(.uhost(), large, tenant: "tenant-2") == "TenantMismatch")
  }

  @Test("A postpaid instance is asked for nothing after NoChange")
  func postpaid() {
    var stage = Stage(.uhost(mode: .postpaid), now: "2030-01-01T00:00:00Z")
    stage.request("large")
    #expect(stage.state() == .completed)
  }

  @Test("An unknown instance is rejected by name")
  func unknownInstance() {
    let machine = Stage().machine
    let request = ResizeRequest(
      requestId: "r-1", tenantId: "tenant-1", instanceId: "ins-9", target: large)
    let decision = machine.decide(
      .requested(request, RequestContext()), eventId: "e", resize: nil, instance: nil,
      now: Moment(Instant(rfc3339: midTerm)!))
    #expect(decision.resize?.reason?.code == "UnknownInstance")
    #expect(decision.instance == nil)
  }

  @Test("A product sold in units is not canceled by making it smaller")
  func belowMinimum() {
    var subscription = Instance.uhost().subscription
    subscription.configuration = Configuration(units: 100)
    let instance = Instance.uhost().with(product: "maxcompute", subscription: subscription)
    #expect(code(instance, ResizeTarget(units: 0)) == "BelowMinimum")
    #expect(code(instance, ResizeTarget(units: 9)) == "BelowMinimum")
    #expect(code(instance, ResizeTarget(units: 100)) == "NoChange")
    #expect(code(instance, large) == "UnknownSpec")
  }

  @Test("A second request for an instance with a live resize does not queue")
  func second() {
    var stage = Stage()
    stage.request("large", id: "r-1")
    stage.request("large", id: "r-2")
    #expect(stage.resizes["r-2"]?.reason?.code == "OperationInProgress")
    #expect(stage.record.liveResize == "r-1")
    stage.settlePayment(.succeeded)
    stage.request("small", id: "r-3")
    #expect(stage.state("r-3") == .awaitingRefund)
  }

  @Test("A repeated request is answered with the current status again")
  func repeated() {
    var stage = Stage()
    stage.request("large")
    stage.settlePayment(.succeeded)
    let decision = stage.request("large")
    #expect(decision.resize == nil && decision.instance == nil)
    #expect(stage.statuses.last == stage.statuses.dropLast().last)
    #expect(stage.paymentsAsked.count == 1)
  }

  @Test("The same id with other content is refused, and the first stays as it is")
  func mismatch() {
    var stage = Stage()
    stage.request("large")
    let decision = stage.request("twin")
    #expect(decision.resize == nil)
    #expect(stage.statuses.last?.reason?.code == "IdempotencyMismatch")
    #expect(stage.statuses.last?.sequence == 0)
    #expect(stage.state() == .awaitingPayment)
  }

  @Test("Downgrades are counted and limited as the product says")
  func downgradeLimit() {
    var stage = Stage(.uhost("large", cash: "100.00"))
    for (id, spec) in [("1", "small"), ("2", "large"), ("3", "small"), ("4", "large")] {
      stage.request(spec, id: id)
      stage.settlePayment(.succeeded, id: id)
      stage.settleRefund(.succeeded, id: id)
      #expect(stage.state(id) == .completed)
    }
    stage.request("small", id: "5")
    #expect(stage.resizes["5"]?.reason?.code == "DowngradeLimitReached")
  }
}
