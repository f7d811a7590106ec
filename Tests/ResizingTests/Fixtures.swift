import Billing
import Resizing

/// A course of one resize against one instance, played input by input.
struct Stage {
  var machine: ResizeMachine
  var resizes: [String: Resize] = [:]
  var record: InstanceRecord
  var now: Moment
  var emissions: [Emission] = []
  var postings: [Posting] = []
  var timeline: [TimelineEntry] = []
  var deadLetters: [Reason] = []

  init(
    _ instance: Instance = .uhost(), rules: ResizeRules = ResizeRules(), now: String = midTerm
  ) {
    machine = ResizeMachine(rules: rules, catalogs: CatalogHistory([.example]))
    record = InstanceRecord(instance: instance, revision: 1, version: 1)
    self.now = Moment(Instant(rfc3339: now)!)
  }

  @discardableResult
  mutating func play(_ input: ResizeInput) -> Decision {
    let id: String? =
      switch input {
      case .requested(let request, _): request.requestId
      case .cancelRequested(let id, _, _), .timerDue(let id): id
      case .paymentSettled(let settlement), .refundSettled(let settlement): settlement.requestId
      case .applied(let report): report.requestId
      case .instanceChanged: nil
      }
    let decision = machine.decide(
      input, eventId: "event", resize: id.flatMap { resizes[$0] }, instance: record, now: now)
    if let resize = decision.resize { resizes[resize.requestId] = resize }
    if let instance = decision.instance { record = instance }
    emissions += decision.emissions
    postings += decision.postings
    timeline += decision.timeline
    if let reason = decision.deadLetter { deadLetters.append(reason) }
    return decision
  }

  @discardableResult
  mutating func request(
    _ spec: String, id: String = "r-1", dryRun: Bool = false, tenant: String = "tenant-1"
  ) -> Decision {
    play(
      .requested(
        ResizeRequest(
          requestId: id, tenantId: tenant, instanceId: record.instance.instanceId,
          target: ResizeTarget(spec: spec), dryRun: dryRun), RequestContext()))
  }

  @discardableResult
  mutating func settlePayment(
    _ outcome: Settlement.Outcome, _ settled: Money? = nil, id: String = "r-1"
  ) -> Decision {
    let amount = settled ?? (outcome == .succeeded ? resizes[id]?.payment?.amount : nil)
    return play(
      .paymentSettled(
        Settlement(movementId: "pay_" + id, requestId: id, outcome: outcome, settled: amount)))
  }

  @discardableResult
  mutating func settleRefund(
    _ outcome: Settlement.Outcome, _ settled: Money? = nil, id: String = "r-1"
  ) -> Decision {
    let amount = settled ?? (outcome == .succeeded ? resizes[id]?.refund?.amount : nil)
    return play(
      .refundSettled(
        Settlement(movementId: "ref_" + id, requestId: id, outcome: outcome, settled: amount)))
  }

  @discardableResult
  mutating func report(_ outcome: ApplyReport.Outcome, id: String = "r-1") -> Decision {
    play(
      .applied(
        ApplyReport(requestId: id, instanceId: record.instance.instanceId, outcome: outcome)))
  }

  /// Waits until the timer of the resize is due, and lets it ring.
  @discardableResult
  mutating func ring(id: String = "r-1") -> Decision {
    if let due = resizes[id]?.dueAt { now = max(now, due) }
    return play(.timerDue(requestId: id))
  }

  func state(_ id: String = "r-1") -> ResizeState? { resizes[id]?.state }

  /// All payments asked for, as (id, attempt, amount).
  var paymentsAsked: [Movement] {
    emissions.compactMap {
      if case .paymentRequested(let request) = $0 { request.movement } else { nil }
    }
  }

  var refundsAsked: [MovementRequest] {
    emissions.compactMap { if case .refundRequested(let request) = $0 { request } else { nil } }
  }

  var voids: [VoidReason] {
    emissions.compactMap {
      if case .voidRequested(_, _, _, let reason) = $0 { reason } else { nil }
    }
  }

  var commands: [Int] {
    emissions.compactMap {
      if case .apply(_, _, _, _, _, let attempt) = $0 { attempt } else { nil }
    }
  }

  var statuses: [StatusReport] {
    emissions.compactMap { if case .status(let report, _) = $0 { report } else { nil } }
  }
}

/// Ten days into the thirty that the example instance was bought for (003).
let midTerm = "2025-04-11T00:00:00Z"

let dollar = Currency(code: "USD")!

func usd(_ value: String) -> Money { Money(value: value, currency: dollar)! }

func decimal(_ text: String) -> ExactDecimal { ExactDecimal(text)! }

extension Catalog {
  static let example: Catalog = {
    let proration = Rule(policy: .remainingTimeProration, basis: .list)
    let zone = TimeZoneRules(identifier: "UTC")!
    let uhost = Product(
      timeZone: zone, upgrade: proration, downgrade: proration,
      requiredStates: ["stopped"], requiredDiskMedia: ["cloud"], maxDowngrades: 2,
      specifications: [
        "small": Specification(
          termPrice: decimal("18.857"), hourly: [HourlyStep(price: decimal("0.04"))]),
        "large": Specification(
          termPrice: decimal("37.714"), hourly: [HourlyStep(price: decimal("0.12"))]),
        "twin": Specification(termPrice: decimal("18.857")),
      ])
    let maxcompute = Product(
      timeZone: zone, upgrade: Rule(policy: .unitProration),
      downgrade: Rule(policy: .unitProration),
      unit: UnitPricing(name: "CU", termPrice: decimal("10.00"), min: 10))
    return Catalog(
      name: "example", version: "2025-01", currency: dollar,
      products: ["uhost": uhost, "maxcompute": maxcompute])
  }()
}

extension Instance {
  static func uhost(
    _ spec: String = "small", mode: BillingMode = .prepaid, state: String = "stopped",
    media: String = "cloud", cash: String = "37.72"
  ) -> Instance {
    let start = Instant(rfc3339: "2025-04-01T00:00:00Z")!
    let end = Instant(rfc3339: "2025-05-01T00:00:00Z")!
    return Instance(
      instanceId: "ins-1", tenantId: "tenant-1", product: "uhost", billingMode: mode,
      state: state, disks: [Disk(role: "system", media: media, sizeGiB: 50)],
      subscription: Subscription(
        startsAt: start, expiresAt: end,
        orders: mode == .postpaid
          ? []
          : [
            Order(orderId: "o-1", startsAt: start, endsAt: end, terms: 1, paidCash: decimal(cash))
          ],
        configuration: Configuration(spec: spec)))
  }
}
