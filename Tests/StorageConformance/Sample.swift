import Billing
import Contracts
import Resizing
import Storage

/// Values with every field filled in, so that a round trip that forgets one is seen.
public enum Sample {
  public static let noon = Moment(millisecondsSinceEpoch: 1_795_262_400_123)

  public static func usd(_ cents: Int64) -> Money {
    Money(minorUnits: cents, currency: currency("USD"))
  }

  static func currency(_ code: String) -> Currency {
    guard let currency = Currency(code: code) else {
      preconditionFailure("\(code) is in ISO 4217")
    }
    return currency
  }

  private static func decimal(_ text: String) -> ExactDecimal { ExactDecimal(text) ?? .zero }

  /// A resize as it stands in a state, with what it has then.
  public static func resize(
    _ requestId: String = "req-1", instance: String = "i-1", tenant: String = "tenant-1",
    state: ResizeState = .awaitingPayment, dueAt: Moment? = nil, version: Int64 = 0
  ) -> Resize {
    var resize = Resize(
      request: ResizeRequest(
        requestId: requestId, tenantId: tenant, instanceId: instance,
        target: ResizeTarget(spec: "large", mbps: 10), billingMode: .prepaid,
        voucher: usd(500), maxCharge: usd(1_000_000)),
      context: RequestContext(
        replyTo: "answers.\(tenant)",
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        tracestate: "vendor=1"),
      state: state, requestedAt: noon)
    resize.sequence = 2
    resize.updatedAt = noon.adding(milliseconds: 7)
    resize.assessment = Assessment(
      before: Configuration(spec: "small", mbps: 5), after: Configuration(spec: "large", mbps: 10),
      quote: quote,
      lines: [
        QuoteLine(text: "new price, a month: 16.80 + 10 Mbps × 1.2", value: "28.8"),
        QuoteLine(text: "\"quoted\" \u{1}\u{7f} ünï¢ode 🐘", value: "0"),
      ])
    resize.product = "server"
    resize.payment = payment(of: requestId)
    resize.dueAt = dueAt
    resize.version = version
    switch state {
    case .rejected, .failed, .canceled: resize.reason = Reason(.noChange, "It stays as it is.")
    case .awaitingRefund, .compensating:
      resize.refund = refund(of: requestId)
      resize.attention = Reason(.refundDelayed, "The refund does not come through.")
    default: break
    }
    return resize
  }

  static let quote = Quote(
    direction: .charge, amount: usd(19_766), exact: Fraction("59299/300") ?? .zero,
    policy: .dailyDifferential, voucherApplied: usd(500), fee: usd(20_266),
    newExpiresAt: noon.instant, catalogVersion: "2026-11", quotedAt: noon.instant,
    rateChange: RateChange(
      before: [HourlyStep(uptoHours: 10, price: decimal("0.10"))],
      after: [HourlyStep(price: decimal("0.2"))]),
    refundOf: [RefundShare(orderId: "order-1", amount: usd(1))])

  static func payment(of requestId: String, state: Movement.State = .requested) -> Movement {
    Movement(
      id: "pay_\(requestId)", purpose: .charge, state: state, amount: usd(19_766), attempt: 2,
      providerReference: "psp-7")
  }

  static func refund(of requestId: String) -> Movement {
    Movement(
      id: "ref_\(requestId)", purpose: .compensation, amount: usd(19_766),
      parts: [Movement.Part(orderId: "order-1", amount: usd(19_766))])
  }

  /// An instance with an order, disks and usage.
  public static func instance(
    _ id: String = "i-1", revision: Int64 = 3, liveResize: String? = nil, version: Int64 = 0
  ) -> InstanceRecord {
    InstanceRecord(
      instance: Instance(
        instanceId: id, tenantId: "tenant-1", product: "server", zone: "zone-a",
        billingMode: .prepaid, state: "stopped",
        disks: [Disk(role: "system", media: "cloud", sizeGiB: 40)], operation: "snapshot",
        subscription: Subscription(
          startsAt: noon.instant, expiresAt: noon.instant,
          orders: [
            Order(
              orderId: "order-1", startsAt: noon.instant, endsAt: noon.instant, terms: 1,
              listAmount: decimal("1000.00"), paidCash: decimal("850"),
              paidVoucher: decimal("150"), refunded: decimal("0.5"), currency: "USD")
          ],
          usage: Usage(fullMonths: 2, partialSeconds: 3_600),
          network: Network(billing: .bandwidth, mbps: 5), downgrades: 1,
          configuration: Configuration(spec: "small", mbps: 5))),
      revision: revision, liveResize: liveResize, version: version)
  }

  /// What happened to a resize.
  public static func entry(
    _ requestId: String = "req-1", _ event: String = "paymentRequested", detail: String? = nil
  ) -> TimelineEntry {
    TimelineEntry(
      requestId: requestId, at: noon, event: event, state: .awaitingPayment, detail: detail)
  }

  /// Both sides of a movement.
  public static func postings(
    _ requestId: String = "req-1", movement: String = "pay_req-1"
  ) -> [Posting] {
    [("cash:tenant-1", 19_766), ("revenue:tenant-1", -19_766)].map { account, cents in
      Posting(
        movementId: movement, requestId: requestId, account: account, minorUnits: cents,
        currency: usd(0).currency, purpose: .charge, postedAt: noon)
    }
  }

  /// A message with a body of so many bytes.
  public static func message(
    _ owner: String = "worker-1", _ sequence: Int64, at moment: Moment = noon,
    to destination: Destination = .payments, headers: [OutgoingEvent.Header] = [],
    body: [UInt8] = Array("{}".utf8)
  ) -> OutboxMessage {
    OutboxMessage(
      owner: owner, sequence: sequence, createdAt: moment,
      event: OutgoingEvent(
        destination: destination, routingKey: "payment.requested", id: "\(owner)-\(sequence)",
        type: "payment.requested.v1", correlationId: "req-1",
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        headers: headers, body: body))
  }
}
