import AMQP
import Contracts
import Dashboard
import Glibc
import Logging
import Resizing
import ServiceLifecycle
import Storage
import Synchronization
import Telemetry
import Worker

/// A worker joined to its broker, its database and its catalogue.
struct RunningWorker {
  private let settings: Settings
  private let catalogs: CatalogHistory
  private let logger: Logger
  private let workerSettings: WorkerSettings
  private let dashboardAddress: DashboardAddress?

  /// - Throws: What is wrong with the configuration or the catalogue, before anything is connected.
  init(_ settings: Settings) throws(Problem) {
    self.settings = settings
    catalogs = try settings.catalogHistory()
    workerSettings = settings.workerSettings
    dashboardAddress = try settings.dashboardAddress()
    logger = settings.logger(worker: workerSettings.name)
    for stray in settings.strayVariables { logger.warning("\(stray)") }
  }

  /// Works until it is told to stop (SIGTERM, SIGINT), then finishes what is under way.
  /// - Throws: What keeps it from beginning; afterwards it waits for what comes and goes.
  func run() async throws {
    OpenFileLimit.raise()
    let store = try await settings.openStore()
    do {
      // A file that can only be read opens all the same; who is not registered is struck for nothing.
      try await store.retire(worker: workerSettings.name)
      try await work(with: store)
    } catch {
      await store.close()
      throw error
    }
    await store.close()
  }

  private func work(with store: any Store) async throws {
    let names = settings.channelNames
    let keeper = try await prepareBroker(names)
    let address = try settings.brokerAddress()
    let mailbox = EventMailbox()
    let consumer = try BrokerConsumer(
      BrokerIntake.subscriptions(
        names, prefetch: UInt16(clamping: settings.integer(.brokerPrefetch))),
      at: address, settings: settings.connection(for: "intake"),
      suspectCount: workerSettings.suspectCount,
      receive: { [receive = BrokerIntake.receiver(names, mailbox)] event in
        keeper.note(event)
        receive(event)
      })
    // Many attempts may have failed before the broker was there to be declared on.
    keeper.whenComplete { [weak consumer] in consumer?.connectNow() }
    let publisher = try BrokerPublisher(
      at: address, settings: settings.connection(for: "relay"),
      receive: { [receive = BrokerRelay.receiver { mailbox.put(.relay($0)) }] event in
        keeper.note(event)
        receive(event)
      })
    let board = StatusBoard()
    let metrics = PrometheusMetrics(descriptions: workerMetricDescriptions)
    let intake = BrokerIntake(consumer: consumer, names: names)
    // Until the database has told whether an operator has paused requests.
    intake.pause()
    let service = WorkerService(
      core: core(names), mailbox: mailbox, source: intake,
      publisher: BrokerRelay(
        publisher: publisher, names: names, appID: workerSettings.name, logger: logger,
        take: { mailbox.put(.relay($0)) }),
      store: store, clock: SystemClock(), logger: logger, metrics: metrics,
      grace: settings.milliseconds(.workerGrace), willLoad: poison, observe: board.post)
    try publisher.start()
    try await publisher.firstAttempt()
    try consumer.start()
    try await consumer.firstAttempt()
    let location = try settings.storeLocation()
    logger.info("working with \(address) and \(location)")
    // They are stopped in reverse, one after the other: the worker at once, and those who answer for
    // it when it has come to its end.
    var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
    if let dashboardAddress {
      let dashboard = DashboardServer(
        address: dashboardAddress, store: store,
        health: {
          let (status, age) = board.latest
          return HealthReport(
            status, expectedConsumers: consumer.expectedConsumers,
            actualConsumers: consumer.actualConsumers, missing: keeper.complaint,
            age: age)
        }, metrics: metrics.text, now: { .now },
        listening: { [logger] in
          logger.info(
            "health, metrics and API on http://\(dashboardAddress.host):\(dashboardAddress.port)")
        },
        interrupted: { [logger] failure in
          logger.warning(
            "nothing is answered over HTTP for now: \(failure.cause). \(failure.advice)")
        })
      services.append(
        .init(service: dashboard, failureTerminationBehavior: .gracefullyShutdownGroup))
    }
    services.append(.init(service: keeper))
    services.append(
      .init(
        service: OnWorkerThread(base: service),
        successTerminationBehavior: .gracefullyShutdownGroup))
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: services,
        gracefulShutdownSignals: [.sigterm, .sigint], logger: groupLogger))
    try await group.run()
    logger.info("stopped")
  }

  /// Declares what the worker needs, unless it is not to, and goes on looking after it.
  private func prepareBroker(_ names: ChannelNames) async throws(AMQPError) -> TopologyKeeper {
    let client = try settings.topologyClient()
    let topology = ResizeTopology.topology(names)
    var declaration: TopologyKeeper.Declaration?
    if settings.flag(.brokerDeclareTopology) {
      try await client.declare(topology)
      declaration = { () async throws(AMQPError) in try await client.declare(topology) }
    }
    return TopologyKeeper(
      declaration,
      isComplete: { () async throws(AMQPError) in
        try await client.check(topology, isComparing: false).isEmpty
      }, logger: logger)
  }

  private func core(_ names: ChannelNames) -> WorkerCore {
    WorkerCore(
      settings: workerSettings,
      machine: ResizeMachine(rules: settings.resizeRules, catalogs: catalogs),
      translator: MessageTranslator(encoder: settings.eventEncoder, names: names), now: .now)
  }

  /// A hook of the tests, and of nobody else: a worker in whose environment this names a request ends
  /// by a trap as soon as it works on it, as it would by a mistake of ours that nobody knows of yet.
  static let poisonVariable = "RESIZE_WORKER_TESTING_CRASH_ON_REQUEST"

  private var poison: @Sendable (FactKeys) -> Void {
    guard let request = settings.environment[Self.poisonVariable], !request.isEmpty else {
      return { _ in }
    }
    logger.warning("\(Self.poisonVariable) is set: this worker ends itself at request \(request)")
    return { keys in if keys.requestIds.contains(request) { abort() } }
  }

  /// What the service group says of itself is of interest to nobody but its authors.
  private var groupLogger: Logger {
    var logger = logger
    logger.logLevel = max(logger.logLevel, .error)
    return logger
  }
}

/// The worker's latest status, for whoever asks over HTTP.
private final class StatusBoard: Sendable {
  private let posted = Mutex((WorkerStatus.starting, at: SuspendingClock.now))

  var latest: (status: WorkerStatus, age: Duration) {
    posted.withLock { ($0.0, SuspendingClock.now - $0.at) }
  }

  @Sendable func post(_ status: WorkerStatus) {
    posted.withLock { $0 = (status, SuspendingClock.now) }
  }
}
