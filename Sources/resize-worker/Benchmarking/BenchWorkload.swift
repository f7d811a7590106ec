import Billing
import Contracts
import Resizing
import Storage

/// Instances of a price list of its own, and one upgrade for each: what a run of a benchmark works
/// on.
struct BenchWorkload: Sendable {
  let catalogs: CatalogHistory
  let instances: [InstanceRecord]
  /// The requests as they travel, in the order of the instances.
  let messages: [IncomingEventEncoder.Message]

  /// - Parameters:
  ///   - run: Tells the instances and requests of one run from those of others.
  ///   - messageSize: What a message is padded to, in bytes; shorter than its fields, it stays as it
  ///     is.
  init(run: String, count: Int, messageSize: Int, now: Moment) throws(ContractViolation) {
    catalogs = try CatalogDocument(Array(Self.priceList.utf8)).history()
    let numbers = 0..<count
    instances = numbers.map { Self.instance("\(run)-\($0)", number: $0, now.instant) }
    let encoder = IncomingEventEncoder(source: "/resize-worker/bench")
    messages = numbers.compactMap { number in
      let request = ResizeRequest(
        requestId: "\(run)-\(number)", tenantId: Self.tenant(number),
        instanceId: "\(run)-\(number)", target: ResizeTarget(spec: "large"))
      let message = encoder.encode(
        .requested(request, RequestContext()), id: request.requestId, at: now)
      return message?.padded(to: messageSize)
    }
  }

  private static func tenant(_ number: Int) -> String { "tenant-\(number % 97)" }

  private static func instance(_ id: String, number: Int, _ now: Instant) -> InstanceRecord {
    let start = Instant(secondsSinceEpoch: now.secondsSinceEpoch - 121 * 86_400)
    let end = Instant(secondsSinceEpoch: now.secondsSinceEpoch + 244 * 86_400)
    let order = Order(
      orderId: "o-1", startsAt: start, endsAt: end, terms: 12,
      paidCash: ExactDecimal("167.33") ?? .zero, currency: "USD")
    return InstanceRecord(
      instance: Instance(
        instanceId: id, tenantId: tenant(number), product: "server", billingMode: .prepaid,
        state: "stopped", disks: [Disk(role: "system", media: "cloud", sizeGiB: 50)],
        subscription: Subscription(
          startsAt: start, expiresAt: end, orders: [order],
          configuration: Configuration(spec: "small"))),
      revision: 1)
  }

  private static let priceList = """
    name: bench
    version: "1"
    currency: USD
    products:
      server:
        timeZone: UTC
        requires: { states: [stopped], diskMedia: [cloud] }
        upgrade:
          policy: dailyDifferential
          dayCount: exactSeconds
          termTiers:
            - { minMonths: 6, payRatio: "0.88" }
            - { minMonths: 12, payRatio: "0.83" }
        specs:
          small: { monthly: "16.8" }
          large: { monthly: "44.8" }
    """
}

extension IncomingEventEncoder.Message {
  /// The message with an extension attribute that fills it up; readers pass over it.
  func padded(to size: Int) -> Self {
    let frame = ",\"padding\":\"\"}".utf8.count - 1
    guard body.last == UInt8(ascii: "}"), size > body.count + frame else { return self }
    let filling = String(repeating: "x", count: size - body.count - frame)
    var message = self
    message.body.removeLast()
    message.body += Array(",\"padding\":\"\(filling)\"}".utf8)
    return message
  }
}
