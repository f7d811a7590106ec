import Billing
import Contracts
import Foundation
import Logging
import Resizing
import Storage
import Synchronization
import Testing
import Worker

/// A whole worker at a moment that does not pass, with one instance of the demo catalogue, and services that do at once what they
/// are asked.
struct StillSite {
  static let now = Moment(Instant(rfc3339: "2025-04-11T00:00:00Z")!)

  let store = InMemoryStore()
  let services: PromptServices
  let mailbox = EventMailbox()
  let service: WorkerService<StillSource, PromptServices, StillClock>
  private let product: String
  private let catalogue: Catalog

  init(_ applyMode: ApplyMode, _ product: String) throws {
    self.product = product
    catalogue = try Self.catalog()
    services = PromptServices(mailbox)
    let core = WorkerCore(
      settings: WorkerSettings(name: "w", run: "1", batchInterval: 0, longestBatchInterval: 0),
      machine: ResizeMachine(
        rules: ResizeRules(applyMode: applyMode), catalogs: CatalogHistory([catalogue])),
      translator: MessageTranslator(encoder: OutgoingEventEncoder(), names: ChannelNames()),
      now: Self.now)
    service = WorkerService(
      core: core, mailbox: mailbox, source: StillSource(), publisher: services, store: store,
      clock: StillClock(), logger: Logger(label: "still") { _ in SwiftLogNoOpLogHandler() })
    mailbox.put(.relay(.connected))
    mailbox.put(.intake(.connected(epoch: 1)))
  }

  /// The price list of `make demo`.
  static func catalog() throws -> Catalog {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let file = package.appending(path: "ops/demo/catalog.yaml")
    return try #require(CatalogDocument(Array(Data(contentsOf: file))).catalogs.first)
  }

  /// Stores the instance, in its first order and with a renewal.
  func instance(_ configuration: Configuration) async throws -> Subscription {
    func order(_ id: String, _ kind: Order.Kind, _ start: String, _ end: String) throws -> Order {
      Order(
        orderId: id, kind: kind, startsAt: try #require(Instant(rfc3339: start + "T00:00:00Z")),
        endsAt: try #require(Instant(rfc3339: end + "T00:00:00Z")), terms: 1,
        paidCash: try #require(ExactDecimal("333.33")))
    }
    let subscription = Subscription(
      orders: [
        try order("o-1", .purchase, "2025-03-01", "2025-09-01"),
        try order("o-2", .renewal, "2025-09-01", "2026-03-17"),
      ], configuration: configuration)
    let instance = Instance(
      instanceId: "i", tenantId: "t", product: product, billingMode: .prepaid, state: "stopped",
      disks: [Disk(role: "system", media: "cloud", sizeGiB: 50)], subscription: subscription)
    let record = InstanceRecord(instance: instance, revision: 1)
    #expect(
      try await store.commit(ChangeSet(worker: "import", instances: [record])) == .committed)
    return subscription
  }

  func request(_ id: String, _ target: ResizeTarget) {
    let request = ResizeRequest(requestId: id, tenantId: "t", instanceId: "i", target: target)
    services.deliver(.requested(request, RequestContext()), to: .requests)
  }

  /// Waits for the status that a resize ends with.
  func end(of id: String) async throws -> StatusReport {
    let end = await services.statuses.first { $0.requestId == id && $0.status.isEnd }
    return try #require(end)
  }

  /// What a change of an instance costs by the catalogue.
  func quote(_ subscription: Subscription, _ target: Configuration) throws -> Quote {
    let request = try #require(
      QuoteRequest(
        catalog: catalogue, productName: product, subscription: subscription, target: target,
        now: Self.now.instant))
    return try request.quote()
  }
}

/// It is always the same moment, and nobody waits to the end.
struct StillClock: WorkerClock {
  func now() -> Moment { StillSite.now }

  func sleep(milliseconds: Int64) async throws {
    // sound: ends with its task; what it waits for never comes.
    for await _ in AsyncStream(Never.self, { _ in }) {}
    throw CancellationError()
  }
}

/// Queues that keep nothing: what is delivered is delivered once.
struct StillSource: IntakeSource {
  func acknowledge(upTo tag: UInt64, epoch: UInt64) {}
  func reject(tag: UInt64, epoch: UInt64) {}
  func pause() {}
  func resume() {}
  func holdRequests() {}
  func takeRequests() {}
  func drain() {}
  func close() async {}
}

/// The exchanges, a payment service and a control plane that carry everything out as they hear of it.
final class PromptServices: RelayPublisher {
  /// Money that was asked for, under its key.
  struct Asked: Sendable, Equatable {
    var key: String
    var amount: Money

    init(_ key: String, _ amount: Money) { (self.key, self.amount) = (key, amount) }
  }

  private static let encoder = IncomingEventEncoder(source: "/test")

  let statuses: AsyncStream<StatusReport>
  private let told: AsyncStream<StatusReport>.Continuation
  private let mailbox: EventMailbox
  private let lastTag = Mutex<UInt64>(0)
  private let movements = Mutex<[Asked]>([])

  init(_ mailbox: EventMailbox) {
    self.mailbox = mailbox
    (statuses, told) = AsyncStream.makeStream()
  }

  var asked: [Asked] { movements.withLock { $0 } }

  func deliver(_ input: ResizeInput, to queue: IntakeQueue) {
    let tag = lastTag.withLock { tag in
      tag += 1
      return tag
    }
    guard let message = Self.encoder.encode(input, id: "e-\(tag)", at: StillSite.now) else {
      return
    }
    mailbox.put(
      .intake(
        .deliveries([IntakeDelivery(queue: queue, tag: tag, epoch: 1, body: message.body)])))
  }

  func publish(_ messages: [OutboxMessage]) {
    mailbox.put(.relay(.confirmed(messages.map(\.sequence))))
    for message in messages {
      guard let emission = try? OutgoingMessage.decode(message.event.body).emission else {
        Issue.record("\(message.event.id) cannot be read")
        continue
      }
      carryOut(emission)
    }
  }

  func close() async { told.finish() }

  private func carryOut(_ emission: Emission) {
    switch emission {
    case .status(let report, _):
      told.yield(report)
    case .paymentRequested(let request):
      deliver(.paymentSettled(settled(request)), to: .settlements)
    case .refundRequested(let request):
      deliver(.refundSettled(settled(request)), to: .settlements)
    case .apply(let requestId, _, let instanceId, _, _, _):
      let report = ApplyReport(requestId: requestId, instanceId: instanceId, outcome: .applied)
      deliver(.applied(report), to: .applied)
    case .voidRequested, .rateChanged:
      Issue.record("nobody should ask for \(emission)")
    }
  }

  private func settled(_ request: MovementRequest) -> Settlement {
    let movement = request.movement
    movements.withLock { $0.append(Asked(movement.id, movement.amount)) }
    return Settlement(
      movementId: movement.id, requestId: request.requestId, outcome: .succeeded,
      settled: movement.amount)
  }
}
