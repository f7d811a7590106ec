import Billing
import Contracts
import Resizing
import Sandbox
import Storage
import Worker

/// Workers, broker, store, payment service and control plane in one task, driven by one seed: the same seed is the same run.
///
/// The workers are the real `WorkerCore` with the real machine and the real wire format; only what carries their actions out is simulated.
public actor SimulatedWorld {
  let plan: SimulationPlan
  var generator: SeededGenerator
  let store = InMemoryStore()
  var queues = SimulatedQueues()
  var workers: [SimulatedWorker] = []
  var services: SimulatedServices
  var now = Moment(Instant(rfc3339: "2025-04-11T00:00:00Z")!)
  var isRough = true
  /// Answers of the simulated services that are still on their way.
  var onTheWay: [(at: Moment, body: [UInt8], id: String, queue: IntakeQueue)] = []
  /// Status messages that reached the result exchange, by id.
  var statuses: Set<String> = []
  var submitted: [String] = []
  var deadLetters: [OutgoingEvent] = []
  var trace: [String] = []
  /// Who holds which timer, and timers that were somebody else's already.
  var claims: [String: (version: Int64, until: Moment)] = [:]
  var doubleClaims: [String] = []
  let isTracing: Bool
  private var nextWorker = 1
  private var nextAnswer = 1

  public init(seed: UInt64, plan: SimulationPlan? = nil, isTracing: Bool = false) {
    let plan = plan ?? SimulationPlan(seed: seed)
    self.plan = plan
    self.isTracing = isTracing
    generator = SeededGenerator(seed: seed)
    services = SimulatedServices(
      faults: SandboxFaults(
        failed: plan.paymentFaults, unanswered: plan.paymentFaults / 2,
        duplicated: plan.paymentFaults, declined: plan.paymentFaults / 4,
        applyFailed: plan.paymentFaults, delay: 20_000, seed: seed)
    )
  }

  /// Runs to rest.
  /// - Returns: What is wrong at the end; empty if every rule holds.
  public func run() async -> [String] {
    await importInstances()
    for _ in 0..<plan.workers { start() }
    for _ in 0..<plan.roughSteps { await step() }
    isRough = false
    for step in 1...200_000 {
      await self.step()
      if step.isMultiple(of: 200), await isAtRest() { return await violations() }
    }
    return ["not at rest after all steps"] + (await violations())
  }

  func note(_ text: @autoclosure () -> String) {
    if isTracing { trace.append("\(now.millisecondsSinceEpoch % 100_000_000) \(text())") }
  }

  public var traceLines: [String] { trace }

  /// Does one random thing.
  private func step() async {
    switch generator.below(10) {
    case 0 where submitted.count < plan.requests: submit()
    case 1, 2: deliver()
    case 3, 4: settlePublishes()
    case 5: passTime()
    default: await work()
    }
  }

  func start() {
    let number = nextWorker
    nextWorker += 1
    var settings = WorkerSettings(
      name: "w", run: "\(number)", batchLimit: 8, unconfirmedLimit: 64, deliveryLimit: 1_000)
    settings.lease = 15_000
    let rules = ResizeRules(
      applyMode: plan.applyMode, paymentAttempts: 3, settlementTimeout: 30_000,
      refundBackOff: BackOff(baseMilliseconds: 1_000, ceilingMilliseconds: 60_000))
    let core = WorkerCore(
      settings: settings,
      machine: ResizeMachine(rules: rules, catalogs: CatalogHistory([.simulated])),
      translator: MessageTranslator(encoder: OutgoingEventEncoder(), names: ChannelNames()),
      now: now)
    var worker = SimulatedWorker(number: number, core: core)
    worker.events = [
      .intake(.connected(epoch: queues.connect(number))), .relay(.connected),
    ]
    worker.isPublisherConnected = true
    workers.append(worker)
    note("w\(number) starts")
  }

  func crash(_ index: Int) {
    note("w\(workers[index].number) crashes")
    queues.disconnect(workers[index].number)
    for message in workers[index].inFlight where generator.happens(50) { route(message) }
    workers.remove(at: index)
    start()
  }

  private func deliver() {
    let candidates = workers.indices.filter { !workers[$0].isPaused && !workers[$0].isFinished }
    guard let index = candidates.randomElement(using: &generator) else { return }
    let deliveries = queues.deliver(
      to: workers[index].number, limit: 1 + generator.below(12), using: &generator)
    guard !deliveries.isEmpty else { return }
    workers[index].events.append(.intake(.deliveries(deliveries)))
  }

  private func passTime() {
    now = now.adding(milliseconds: Int64(generator.below(1_000)))
    for index in workers.indices where workers[index].events.isEmpty {
      workers[index].events.append(.tick)
    }
    let due = onTheWay.filter { $0.at <= now }
    onTheWay.removeAll { $0.at <= now }
    for answer in due {
      queues.send(answer.body, id: answer.id, to: answer.queue, using: &generator)
    }
  }

  func answer(_ body: [UInt8], to queue: IntakeQueue, after delay: Int64) {
    nextAnswer += 1
    onTheWay.append((now.adding(milliseconds: delay), body, "answer-\(nextAnswer)", queue))
  }
}
