import Billing
import Contracts
import Resizing
import Storage
import Worker

/// What customers have asked for.
struct Customers {
  /// The first request under each id.
  var requests: [ResizeRequest] = []
  var submitted: Set<String> = []
  /// Requests that end every worker that begins with them, and the messages about them.
  var poison: Set<String> = []
  var poisonMessages: Set<String> = []
}

extension SimulatedWorld {
  private static let customers = IncomingEventEncoder(source: "/simulation/customers")

  /// Requests come one by one, or many at once.
  func submitSome() {
    let count = generator.happens(25) ? 1 + generator.below(10) : 1
    for _ in 0..<min(count, plan.requests - customers.requests.count) { submit() }
  }

  /// Somebody asks for a resize, sometimes twice, sometimes with other content, sometimes to cancel it.
  private func submit() {
    idleSteps = 0
    let request = drawnRequest("r-\(customers.requests.count + 1)")
    customers.requests.append(request)
    if generator.happens(plan.poison) { customers.poison.insert(request.requestId) }
    customers.submitted.insert(request.requestId)
    note("\(request.requestId): \(request.instanceId) to \(request.target)")
    send(.requested(request, RequestContext()), id: request.requestId, within: 1)
    if generator.happens(15) {
      send(.requested(request, RequestContext()), id: request.requestId, within: 30_000)
    }
    if generator.happens(5) {
      // Known only once the first has come through: what comes first is the request.
      pendingMismatch(
        ResizeRequest(
          requestId: request.requestId, tenantId: request.tenantId,
          instanceId: request.instanceId, target: request.target,
          billingMode: request.billingMode, voucher: request.voucher,
          maxCharge: request.maxCharge, dryRun: !request.dryRun))
    }
    guard generator.happens(20) else { return }
    let tenant = generator.happens(10) ? "tenant-x" : request.tenantId
    for attempt in 1...(generator.happens(20) ? 2 : 1) {
      send(
        .cancelRequested(requestId: request.requestId, tenantId: tenant, RequestContext()),
        id: "cancel-\(attempt)-\(request.requestId)", within: 60_000)
    }
  }

  /// Another content under an id that was used: only what came first counts, whichever that was.
  private func pendingMismatch(_ other: ResizeRequest) {
    send(.requested(other, RequestContext()), id: "other-\(other.requestId)", within: 60_000)
  }

  private func send(_ input: ResizeInput, id: String, within wait: Int) {
    guard let message = Self.customers.encode(input, id: id, at: now) else { return }
    if customers.poison.contains(where: { id.hasSuffix($0) }) {
      customers.poisonMessages.insert(id)
    }
    let at = now.adding(milliseconds: Int64(generator.below(wait)))
    let queue: IntakeQueue = if case .instanceChanged = input { .inventory } else { .requests }
    if at <= now {
      queues.send(message.body, id: id, to: queue, using: &generator)
    } else {
      onTheWay.append(Arrival(at: at, body: message.body, id: id, queue: queue))
    }
  }

  private func drawnRequest(_ id: String) -> ResizeRequest {
    let number = generator.below(plan.instances)
    let dollar = Catalog.dollar
    let target = drawnTarget(number)
    let isStranger = generator.happens(3)
    let isLost = generator.happens(3)
    let dryRun = generator.happens(8)
    let voucher = generator.happens(15) ? Int64(generator.below(3_000)) : nil
    let maxCharge = generator.happens(8) ? Int64(generator.below(9_000)) : nil
    return ResizeRequest(
      requestId: id, tenantId: isStranger ? "tenant-x" : tenant(of: number),
      instanceId: isLost ? "ins-unknown" : "ins-\(number)", target: target,
      voucher: voucher.map { Money(minorUnits: $0, currency: dollar) },
      maxCharge: maxCharge.map { Money(minorUnits: $0, currency: dollar) }, dryRun: dryRun)
  }

  private func tenant(of instance: Int) -> String { "tenant-\(instance % plan.tenants)" }

  private func drawnTarget(_ instance: Int) -> ResizeTarget {
    if generator.happens(3) { return ResizeTarget(spec: "imaginary") }
    if SimulatedInventory.product(of: instance) == "cu" {
      return ResizeTarget(units: 10 + generator.below(40))
    }
    return ResizeTarget(spec: ["small", "large", "huge"][generator.below(3)])
  }

  /// The control plane tells of every instance before the first request, and of some again or of their end later.
  func importInstances() {
    let records = (0..<plan.instances).map {
      SimulatedInventory.record(of: $0, tenant: tenant(of: $0))
    }
    let store = store
    let outcome = executor.value {
      try? await store.commit(ChangeSet(worker: "import", instances: records))
    }
    if outcome != .committed { note("the import failed") }
    for record in records {
      let id = record.instance.instanceId
      if generator.happens(20) {
        // Older than what is known: it must change nothing.
        let stale = InstanceChange(instanceId: id, revision: 1, instance: nil)
        send(.instanceChanged(stale), id: "stale-\(id)", within: 120_000)
      }
      if generator.happens(5) {
        let removal = InstanceChange(instanceId: id, revision: 9, instance: nil)
        send(.instanceChanged(removal), id: "removal-\(id)", within: 120_000)
      }
    }
  }
}
