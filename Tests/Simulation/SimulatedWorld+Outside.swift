import Billing
import Contracts
import Resizing
import Sandbox
import Storage
import Worker

extension SimulatedWorld {
  /// The broker settles some of what a worker has published.
  func settlePublishes() {
    let candidates = workers.indices.filter { !workers[$0].inFlight.isEmpty }
    guard let index = candidates.randomElement(using: &generator) else { return }
    let count = 1 + generator.below(workers[index].inFlight.count)
    let messages = Array(workers[index].inFlight.prefix(count))
    workers[index].inFlight.removeFirst(count)
    if isRough, generator.happens(plan.nacks) {
      workers[index].events.append(.relay(.nacked(messages.map(\.sequence))))
    } else if isRough, generator.happens(plan.returns) {
      workers[index].events.append(
        .relay(.returned(messages.map(\.sequence), reason: "312 NO_ROUTE")))
    } else {
      for message in messages { route(message) }
      workers[index].events.append(.relay(.confirmed(messages.map(\.sequence))))
    }
  }

  /// A message reaches whom it is for.
  func route(_ message: OutboxMessage) {
    let event = message.event
    switch event.destination {
    case .results: statuses.insert(event.id)
    case .deadLetters: deadLetters.append(event)
    case .reply, .metering: break
    case .payments, .commands:
      for reply in (try? services.replies(to: planted(event.body, id: event.id), at: now)) ?? [] {
        let queue: IntakeQueue =
          switch reply.sender {
          case .paymentService: .settlements
          case .controlPlane: .applied
          }
        answer(reply.message.body, to: queue, after: reply.delay)
        if generator.happens(10) {
          answer(reply.message.body, to: queue, after: reply.delay + 40_000)
        }
      }
    }
  }

  /// Somebody asks for a resize, sometimes twice, sometimes to cancel it later.
  func submit() {
    let number = submitted.count + 1
    let id = "r-\(number)"
    submitted.append(id)
    let instance = "ins-\(generator.below(plan.instances))"
    let spec = ["small", "large", "huge"].randomElement(using: &generator)!
    let body = Self.event(
      "resize.requested.v1", id,
      data: """
        "requestId":"\(id)","tenantId":"tenant-1","instanceId":"\(instance)",\
        "target":{"spec":"\(spec)"}
        """)
    queues.send(body, id: id, to: .requests, using: &generator)
    if generator.happens(10) { queues.send(body, id: id, to: .requests, using: &generator) }
    guard generator.happens(10) else { return }
    let cancel = Self.event(
      "resize.cancelRequested.v1", "cancel-\(id)",
      data: #""requestId":"\#(id)","tenantId":"tenant-1""#)
    onTheWay.append(
      (now.adding(milliseconds: Int64(generator.below(40_000))), cancel, "c-\(id)", .requests))
  }

  static func event(_ type: String, _ id: String, data: String) -> [UInt8] {
    Array(
      """
      {"specversion":"1.0","id":"\(id)","source":"/simulation","type":"\(type)",\
      "data":{\(data)}}
      """.utf8)
  }

  func importInstances() async {
    let start = Instant(rfc3339: "2025-04-01T00:00:00Z")!
    let end = Instant(rfc3339: "2026-05-01T00:00:00Z")!
    let records = (0..<plan.instances).map { index in
      InstanceRecord(
        instance: Instance(
          instanceId: "ins-\(index)", tenantId: "tenant-1", product: "uhost",
          billingMode: .prepaid, state: "stopped",
          subscription: Subscription(
            startsAt: start, expiresAt: end,
            orders: [
              Order(
                orderId: "o-1", startsAt: start, endsAt: end, terms: 1,
                paidCash: ExactDecimal("20.00")!)
            ],
            configuration: Configuration(spec: "large"))), revision: 1)
    }
    let changes = ChangeSet(worker: "import", instances: records)
    do throws(StoreError) {
      _ = try await store.commit(changes)
    } catch {
      note("the import failed: \(error)")
    }
  }
}

extension Catalog {
  static let simulated: Catalog = {
    let rule = Rule(policy: .remainingTimeProration, basis: .list)
    func specification(_ price: String) -> Specification {
      Specification(termPrice: ExactDecimal(price)!)
    }
    return Catalog(
      name: "simulated", version: "1", currency: Currency(code: "USD")!,
      products: [
        "uhost": Product(
          timeZone: TimeZoneRules(identifier: "UTC")!, upgrade: rule, downgrade: rule,
          specifications: [
            "small": specification("18.857"), "large": specification("37.714"),
            "huge": specification("99.99"),
          ])
      ])
  }()
}
