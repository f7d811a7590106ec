import Metrics
import Resizing

/// What a worker counts and measures.
struct WorkerMetrics: Sendable {
  private let deliveries: [IntakeQueue: Counter]
  private let entered: [ResizeState: Counter]
  private let batchSize: Recorder
  private let commitTime: Metrics.Timer
  private let conflicts: Counter
  private let storeFailures: Counter
  private let deadLetters: Counter
  private let unconfirmed: Meter
  private let waiting: Meter
  private let up: [Meter]

  init(factory: any MetricsFactory) {
    func counter(_ label: String, _ dimensions: [(String, String)] = []) -> Counter {
      Counter(label: label, dimensions: dimensions, factory: factory)
    }
    deliveries = Dictionary(
      uniqueKeysWithValues: IntakeQueue.allCases.map {
        ($0, counter("resize_worker_deliveries_total", [("queue", $0.rawValue)]))
      })
    entered = Dictionary(
      uniqueKeysWithValues: ResizeState.allCases.map {
        ($0, counter("resize_worker_states_entered_total", [("state", $0.rawValue)]))
      })
    batchSize = Recorder(
      label: "resize_worker_batch_messages", dimensions: [], aggregate: true, factory: factory)
    commitTime = Metrics.Timer(
      label: "resize_worker_commit_seconds", dimensions: [], factory: factory)
    conflicts = counter("resize_worker_commit_conflicts_total")
    storeFailures = counter("resize_worker_store_failures_total")
    deadLetters = counter("resize_worker_dead_letters_total")
    unconfirmed = Meter(
      label: "resize_worker_outbox_unconfirmed", dimensions: [], factory: factory)
    waiting = Meter(label: "resize_worker_deliveries_waiting", dimensions: [], factory: factory)
    up = ["intake", "relay", "store"].map {
      Meter(label: "resize_worker_up", dimensions: [("part", $0)], factory: factory)
    }
  }

  /// What each metric means, for the scrape.
  static let descriptions = [
    "resize_worker_deliveries_total": "Messages delivered, by queue.",
    "resize_worker_states_entered_total": "States that resizes have entered, by state.",
    "resize_worker_batch_messages": "Messages decided and committed together.",
    "resize_worker_commit_seconds": "How long commits take.",
    "resize_worker_commit_conflicts_total": "Commits that another worker was faster with.",
    "resize_worker_store_failures_total": "Loads and commits that failed.",
    "resize_worker_dead_letters_total": "Messages sent to the dead letters.",
    "resize_worker_outbox_unconfirmed": "Messages that the broker has not confirmed.",
    "resize_worker_deliveries_waiting": "Deliveries that wait for a batch.",
    "resize_worker_up": "Whether a part works: 1 or 0.",
  ]

  func count(_ event: WorkerEvent) {
    switch event {
    case .intake(.deliveries(let messages)):
      for message in messages { deliveries[message.queue]?.increment() }
    case .committed(.conflict): conflicts.increment()
    case .storeFailed: storeFailures.increment()
    default: break
    }
  }

  func count(_ action: WorkerAction) {
    switch action {
    case .commit(let changes):
      if !changes.resizes.isEmpty { batchSize.record(Int64(changes.resizes.count)) }
      for entry in changes.timeline {
        if let state = ResizeState(rawValue: entry.event) { entered[state]?.increment() }
      }
    case .log(.deadLettered): deadLetters.increment()
    default: break
    }
  }

  func measure(commit duration: Duration) {
    let (seconds, attoseconds) = duration.components
    commitTime.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }

  func show(_ status: WorkerStatus) {
    unconfirmed.set(Int64(status.unconfirmedMessages))
    waiting.set(Int64(status.waitingDeliveries))
    let parts = [status.isIntakeConnected, status.isRelayConnected, status.isStoreReachable]
    for (meter, works) in zip(up, parts) { meter.set(Int64(works ? 1 : 0)) }
  }
}

/// What each metric of a worker means, by its name.
public let workerMetricDescriptions = WorkerMetrics.descriptions
