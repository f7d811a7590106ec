import AMQP
import Contracts
import Logging
import Resizing
import ServiceLifecycle
import Storage
import Synchronization
import Worker

/// Runs a worker on a workload, with everything real and with one thing left out at a time.
struct BenchRun {
  struct Figure: Sendable, Equatable {
    var requestsPerSecond: Double
    var processorMicrosPerRequest: Double
    /// How busy all processors were, 0 to 1, and how much of that this process was.
    var busyShare: Double?
    var ownShare: Double
  }

  struct Outcome: Sendable, Equatable {
    var whole: Figure
    var withoutBroker: Figure
    var withoutDisk: Figure
    var latencies: BenchPace.Latencies
  }

  let site: BenchSite
  let count: Int
  let messageSize: Int
  let processorCount: Int

  func measure(_ store: any Store) async throws -> Outcome {
    let whole = try await withBroker(store, "broker and store")
    let withoutDisk = try await withBroker(InMemoryStore(), "broker alone")
    let withoutBroker = try await withoutBroker(store)
    let latencies = try await pace(store, perSecond: whole.requestsPerSecond / 2)
    return Outcome(
      whole: whole, withoutBroker: withoutBroker, withoutDisk: withoutDisk, latencies: latencies)
  }

  private func workload(_ run: String, _ count: Int, _ store: any Store) async throws
    -> BenchWorkload
  {
    let workload = try BenchWorkload(
      run: run, count: count, messageSize: messageSize, now: .now)
    for start in stride(from: 0, to: count, by: 500) {
      let batch = workload.instances[start..<min(start + 500, count)]
      _ = try await store.commit(ChangeSet(worker: "bench", instances: Array(batch)))
    }
    return workload
  }

  private func withBroker(_ store: any Store, _ run: String) async throws -> Figure {
    let workload = try await workload("queued", count, store)
    try await BenchFeed(site).fill(workload.messages)
    let progress = BenchProgress(expected: 2 * count)
    let mailbox = EventMailbox()
    let (source, relay) = try await brokerSides(mailbox, progress)
    let figure = try await figure(run, progress) {
      try await work(workload.catalogs, mailbox, source, relay, store, $0)
    }
    try await site.purge()
    return figure
  }

  private func withoutBroker(_ store: any Store) async throws -> Figure {
    let workload = try await workload("loopback", count, store)
    let progress = BenchProgress(expected: 2 * count)
    let prefetch = site.settings.integer(.brokerPrefetch)
    let mailbox = EventMailbox()
    let source = LoopbackIntake(workload.messages, prefetch: prefetch, mailbox)
    let relay = LoopbackRelay {
      progress.note($0)
      mailbox.put(.relay($0))
    }
    return try await figure("store alone", progress) {
      try await work(workload.catalogs, mailbox, source, relay, store, $0)
    }
  }

  /// For five seconds, at a rate that the worker can keep up with.
  private func pace(_ store: any Store, perSecond: Double) async throws -> BenchPace.Latencies {
    let count = max(Int(perSecond * 5), 100)
    let workload = try await workload("pace", count, store)
    let latencies = Mutex<BenchPace.Latencies?>(nil)
    let payments = try BrokerConsumer(
      [BrokerConsumer.Subscription(queue: site.names.payments, prefetch: 2_000)],
      at: try site.settings.brokerAddress(), settings: site.settings.connection(for: "bench"))
    let mailbox = EventMailbox()
    let (source, relay) = try await brokerSides(mailbox, nil)
    let watch = BenchPace(
      feed: try BenchFeed(site), messages: workload.messages, perSecond: perSecond,
      payments: payments, report: { latency in latencies.withLock { $0 = latency } })
    try await work(workload.catalogs, mailbox, source, relay, store, watch)
    guard let latencies = latencies.withLock({ $0 }) else { throw Self.interrupted }
    return latencies
  }

  private static let interrupted = Problem(
    .didNotWorkOut, "the benchmark was interrupted; its queues and its database are deleted")

  private func figure(
    _ run: String, _ progress: BenchProgress, _ work: (BenchWatch) async throws -> Void
  ) async throws -> Figure {
    progress.begin()
    try await work(BenchWatch(progress: progress, label: run))
    guard let spent = progress.figure else { throw Self.interrupted }
    let busyShare = spent.busyShare
    let processors = spent.seconds * Double(processorCount) * (busyShare ?? 1)
    return Figure(
      requestsPerSecond: Double(count) / spent.seconds,
      processorMicrosPerRequest: spent.processSeconds / Double(count) * 1_000_000,
      busyShare: busyShare, ownShare: min(1, spent.processSeconds / max(processors, 0.001)))
  }

  private func brokerSides(
    _ mailbox: EventMailbox, _ progress: BenchProgress?
  ) async throws -> (BrokerIntake, BrokerRelay) {
    let settings = site.settings
    let address = try settings.brokerAddress()
    let consumer = try BrokerConsumer(
      BrokerIntake.subscriptions(
        site.names, prefetch: UInt16(clamping: settings.integer(.brokerPrefetch))),
      at: address, settings: settings.connection(for: "bench"),
      receive: BrokerIntake.receiver(site.names, mailbox))
    let publisher = try BrokerPublisher(
      at: address, settings: settings.connection(for: "bench"),
      receive: BrokerRelay.receiver {
        progress?.note($0)
        mailbox.put(.relay($0))
      })
    let intake = BrokerIntake(consumer: consumer, names: site.names)
    intake.pause()
    try publisher.start()
    try await publisher.firstAttempt()
    try consumer.start()
    try await consumer.firstAttempt()
    return (
      intake,
      BrokerRelay(
        publisher: publisher, names: site.names, appID: "bench", logger: logger,
        take: { mailbox.put(.relay($0)) })
    )
  }

  /// Works until the watch has seen enough.
  private func work(
    _ catalogs: CatalogHistory, _ mailbox: EventMailbox, _ source: some IntakeSource,
    _ relay: some RelayPublisher, _ store: any Store, _ watch: some Service
  ) async throws {
    let settings = site.settings
    let core = WorkerCore(
      settings: settings.workerSettings,
      machine: ResizeMachine(rules: settings.resizeRules, catalogs: catalogs),
      translator: MessageTranslator(encoder: settings.eventEncoder, names: site.names), now: .now)
    let service = WorkerService(
      core: core, mailbox: mailbox, source: source, publisher: relay, store: store,
      clock: SystemClock(),
      logger: logger, grace: settings.milliseconds(.workerGrace))
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [
          .init(service: service, successTerminationBehavior: .gracefullyShutdownGroup),
          .init(service: watch, successTerminationBehavior: .gracefullyShutdownGroup),
        ],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    try await group.run()
  }

  private var logger: Logger {
    var logger = site.settings.logger(worker: "bench")
    logger.logLevel = .error
    return logger
  }
}
