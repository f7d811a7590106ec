import Billing
import Contracts
import Logging
import Resizing
import Storage
import Worker

/// Workers, broker, store, payment service, control plane and clocks on one thread, driven by one seed: the same seed is the same run.
///
/// The workers are the real `WorkerService` around the real core, machine and wire format; the ports, what is behind them, and the
/// order in which ready tasks go on are simulated. Everything that waits, waits for the world: between two of its steps each task
/// stands at an await point.
// sound: everything runs on the one thread that calls `run`, tasks included, by way of the executor.
public final class SimulatedWorld: @unchecked Sendable {
  let plan: SimulationPlan
  var generator: SeededGenerator
  let executor: SeededExecutor
  let store = InMemoryStore()
  var queues: SimulatedQueues
  var workers: [SimulatedWorker] = []
  var bank: SimulatedBank
  var controlPlane: SimulatedControlPlane
  var now = SimulatedWorld.beginning
  var isRough = true
  /// Messages of others that are still on their way to the worker's queues.
  var onTheWay: [Arrival] = []
  var calls: [StoreCall] = []
  var sleepers: [Sleeper] = []
  var customers = Customers()
  /// Status messages that reached the result exchange, by id.
  var statuses: Set<String> = []
  var deadLetters: [String] = []
  /// Poison that was put aside, by message id.
  var buried: Set<String> = []
  /// Until when a timer is claimed, for which version of its resize, and timers that were somebody else's already.
  var claims: [String: (version: Int64, until: Moment)] = [:]
  var doubleClaims: [String] = []
  /// Resizes that have not come to rest.
  var live: Set<String> = []
  /// How many steps in a row brought nothing but time.
  var idleSteps = 0
  var jobsUntilCrash = Int.max
  let isTracing: Bool
  private(set) var trace: [String] = []
  private(set) var digest = TraceDigest()
  private var workersStarted = 0
  private var sleeps = 0

  struct Arrival {
    var at: Moment
    var body: [UInt8]
    var id: String
    var queue: IntakeQueue
  }

  struct StoreCall {
    var name: StaticString
    var worker: SimulatedWorker
    var notBefore: Moment
    var continuation: UnsafeContinuation<SimulatedStore.Fate, Never>

    var isCommit: Bool { "\(name)" == "commit" }
  }

  struct Sleeper {
    var id: Int
    var worker: SimulatedWorker
    var wakeAt: Moment
    var continuation: UnsafeContinuation<Void, any Error>
  }

  static let beginning = Moment(Instant(rfc3339: "2025-04-11T00:00:00Z")!)

  public init(seed: UInt64, plan: SimulationPlan? = nil, isTracing: Bool = false) {
    let plan = plan ?? SimulationPlan(seed: seed)
    self.plan = plan
    self.isTracing = isTracing
    generator = SeededGenerator(seed: seed)
    executor = SeededExecutor(seed: seed ^ 0xacce55)
    queues = SimulatedQueues(
      plan.brokerRules, deliveryLimit: plan.bug == .lostConnectionsCounted ? 10 : .max)
    bank = SimulatedBank(faults: plan.paymentFaults)
    controlPlane = SimulatedControlPlane(faults: plan.applyFaults)
  }

  /// Runs to rest.
  public func run() -> SimulationResult {
    importInstances()
    lightFuse()
    for _ in 0..<plan.workers { start() }
    for _ in 0..<plan.roughSteps { step() }
    calm()
    var isAtRest = false
    for _ in 0..<30_000 where !isAtRest {
      step()
      isAtRest = comesToRest()
    }
    let state = endState(isAtRest: isAtRest)
    for worker in workers { worker.crash() }
    executor.run()
    return SimulationResult(violations: state.violations, state: state, digest: digest.value)
  }

  public var traceLines: [String] { trace }

  func note(_ text: @autoclosure () -> String) {
    guard isTracing else { return }
    let line = "\(now.millisecondsSinceEpoch - Self.beginning.millisecondsSinceEpoch) \(text())"
    trace.append(line)
    digest.add(line.utf8)
  }

  func start() {
    workersStarted += 1
    let number = workersStarted
    let skew = isRough && plan.clockJump > 0 ? randomSkew() : 0
    let worker = SimulatedWorker(number: number, skew: skew, world: self)
    workers.append(worker)
    note("w\(number) starts, its clock \(skew) ms ahead")
    worker.start(core(number, now: worker.now))
  }

  func randomSkew() -> Int64 {
    Int64.random(in: -plan.clockJump...plan.clockJump, using: &generator)
  }

  private func core(_ number: Int, now: Moment) -> WorkerCore {
    let settings = WorkerSettings(
      name: "w", run: "\(number)", batchLimit: 8, outboxLimit: plan.outboxLimit,
      crashLimit: 8, timerInterval: 1_000,
      breaker: BreakerSettings(
        minimumOutcomes: plan.breakerMinimum,
        openTime: BackOff(baseMilliseconds: 20_000, ceilingMilliseconds: 60_000),
        probeTimeout: 30_000))
    let rules = ResizeRules(
      applyMode: plan.applyMode, paymentAttempts: 3, settlementTimeout: 30_000,
      refundBackOff: BackOff(baseMilliseconds: 1_000, ceilingMilliseconds: 60_000),
      applyTimeout: 60_000)
    return WorkerCore(
      settings: settings,
      machine: ResizeMachine(rules: rules, catalogs: .simulated),
      translator: MessageTranslator(encoder: OutgoingEventEncoder(), names: ChannelNames()),
      now: now)
  }

  func nextSleep() -> Int {
    sleeps += 1
    return sleeps
  }
}

/// What a run came to.
public struct SimulationResult: Sendable {
  /// Every rule that does not hold at the end.
  public var violations: [Violation]
  public var state: EndState
  /// A fingerprint of the trace; the same for the same seed if the run was traced.
  public var digest: UInt64
}

/// FNV-1a over all that was noted.
struct TraceDigest {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }
}
