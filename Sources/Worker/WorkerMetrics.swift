import Metrics
import Resizing
import Storage

/// What a worker counts and measures.
struct WorkerMetrics: Sendable {
  private let deliveries: [IntakeQueue: Counter]
  private let entered: [ResizeState: Counter]
  private let batchSize: Recorder
  private let loadTime: Metrics.Timer
  private let commitTime: Metrics.Timer
  private let conflicts: Counter
  private let storeFailures: Counter
  private let deadLetters: Counter
  private let setAsidePages: Counter
  private let unconfirmed: Meter
  private let sharedOutbox: Meter
  private let waiting: Meter
  private let up: [Meter]
  private let oldestSeconds: Meter
  private let unroutable: Meter
  private let unroutableTotal: Counter
  private let requestsHeld: [Meter]
  private let heldPayments: Meter
  private let paymentsPaused: Meter
  private let breaker: [(phase: BreakerState.Phase, meter: Meter)]
  private let outcomes: [PaymentOutcome: Counter]

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
    loadTime = Metrics.Timer(label: "resize_worker_load_seconds", dimensions: [], factory: factory)
    commitTime = Metrics.Timer(
      label: "resize_worker_commit_seconds", dimensions: [], factory: factory)
    conflicts = counter("resize_worker_commit_conflicts_total")
    storeFailures = counter("resize_worker_store_failures_total")
    deadLetters = counter("resize_worker_dead_letters_total")
    setAsidePages = counter("resize_worker_outbox_pages_set_aside_total")
    func meter(_ label: String, _ dimensions: [(String, String)] = []) -> Meter {
      Meter(label: label, dimensions: dimensions, factory: factory)
    }
    unconfirmed = meter("resize_worker_outbox_unconfirmed")
    sharedOutbox = meter("resize_worker_outbox_messages")
    waiting = meter("resize_worker_deliveries_waiting")
    up = ["intake", "relay", "store"].map { meter("resize_worker_up", [("part", $0)]) }
    oldestSeconds = meter("resize_worker_outbox_oldest_seconds")
    unroutable = meter("resize_worker_outbox_unroutable")
    unroutableTotal = counter("resize_worker_unroutable_total")
    requestsHeld = ["paused", "alarm", "outbox"].map {
      meter("resize_worker_requests_held", [("reason", $0)])
    }
    heldPayments = meter("resize_worker_payments_held")
    paymentsPaused = meter("resize_worker_payments_paused")
    breaker = BreakerState.Phase.allCases.map {
      ($0, meter("resize_worker_payments_breaker_state", [("state", $0.rawValue)]))
    }
    outcomes = Dictionary(
      uniqueKeysWithValues: PaymentOutcome.allCases.map {
        ($0, counter("resize_worker_payment_outcomes_total", [("outcome", $0.rawValue)]))
      })
  }

  /// What each metric means, for the scrape.
  static let descriptions = [
    "resize_worker_deliveries_total": "Messages delivered, by queue.",
    "resize_worker_states_entered_total": "States that resizes have entered, by state.",
    "resize_worker_batch_messages": "Resizes changed and committed together.",
    "resize_worker_load_seconds": "How long it takes to load what a batch needs to know.",
    "resize_worker_commit_seconds": "How long commits take.",
    "resize_worker_commit_conflicts_total": "Commits that another worker was faster with.",
    "resize_worker_store_failures_total": "Calls to the database that failed.",
    "resize_worker_dead_letters_total": "Messages sent to the dead letters.",
    "resize_worker_outbox_pages_set_aside_total":
      "Pages of the outbox that could not be read when they were adopted.",
    "resize_worker_outbox_unconfirmed": "Messages that the broker has not confirmed.",
    "resize_worker_outbox_messages": "Messages in the outbox of all workers, as of the last look.",
    "resize_worker_deliveries_waiting": "Deliveries that wait for a batch.",
    "resize_worker_up": "Whether a part works: 1 or 0.",
    "resize_worker_outbox_oldest_seconds": "Age of the oldest message not confirmed; 0 if none.",
    "resize_worker_outbox_unroutable": "Messages that no queue takes.",
    "resize_worker_unroutable_total": "How often a message came back that no queue takes.",
    "resize_worker_requests_held": "Whether no new requests are taken, by reason: 1 or 0.",
    "resize_worker_payments_held": "Payments and refunds that wait for switch or breaker.",
    "resize_worker_payments_paused": "Whether an operator has paused payments: 1 or 0.",
    "resize_worker_payments_breaker_state": "The state of the payments' breaker is the one with 1.",
    "resize_worker_payment_outcomes_total": "What became of attempts of payments and refunds.",
  ]

  func count(_ event: WorkerEvent) {
    switch event {
    case .intake(.deliveries(let messages)):
      var queues = messages[...]
      // Mostly all of one queue: counted at once.
      while let queue = queues.first?.queue {
        let rest = queues.drop { $0.queue == queue }
        deliveries[queue]?.increment(by: queues.count - rest.count)
        queues = rest
      }
    case .committed(.conflict): conflicts.increment()
    case .storeFailed, .dutyFailed, .adopted(_, failure: .some): storeFailures.increment()
    case .relay(.returned(let sequences, _)): unroutableTotal.increment(by: sequences.count)
    default: break
    }
  }

  /// Counts what is committed.
  func count(_ changes: ChangeSet) {
    if !changes.resizes.isEmpty { batchSize.record(Int64(changes.resizes.count)) }
    for entry in changes.timeline {
      if entry.event == entry.state.rawValue {
        entered[entry.state]?.increment()
      } else if let outcome = entry.paymentOutcome {
        outcomes[outcome]?.increment()
      }
    }
  }

  func count(_ notice: WorkerNotice) {
    if case .deadLettered = notice { deadLetters.increment() }
  }

  func count(setAside pages: Int) { setAsidePages.increment(by: pages) }

  func measure(load duration: Duration) { loadTime.recordNanoseconds(duration.inNanoseconds) }
  func measure(commit duration: Duration) { commitTime.recordNanoseconds(duration.inNanoseconds) }

  func show(_ status: WorkerStatus, at now: Moment) {
    unconfirmed.set(Int64(status.unconfirmedMessages))
    sharedOutbox.set(Int64(status.sharedOutboxMessages))
    waiting.set(Int64(status.waitingDeliveries))
    let parts = [status.isIntakeConnected, status.isRelayConnected, status.isStoreReachable]
    for (meter, works) in zip(up, parts) { meter.set(Int64(works ? 1 : 0)) }
    let age = status.oldestUndelivered.map {
      max(now.millisecondsSinceEpoch - $0.millisecondsSinceEpoch, 0) / 1_000
    }
    oldestSeconds.set(age ?? 0)
    unroutable.set(Int64(status.unroutableMessages))
    let held = [
      status.requestsHold?.isPause == true, status.requestsHold?.isAlarm == true,
      status.requestsHold == .outboxFull,
    ]
    for (meter, isHeld) in zip(requestsHeld, held) { meter.set(Int64(isHeld ? 1 : 0)) }
    heldPayments.set(Int64(status.heldPayments))
    paymentsPaused.set(Int64(status.paymentsHold == .paused ? 1 : 0))
    for (phase, meter) in breaker { meter.set(Int64(status.breaker.phase == phase ? 1 : 0)) }
  }
}

extension RequestsHold {
  fileprivate var isPause: Bool { if case .paused = self { true } else { false } }
  fileprivate var isAlarm: Bool { if case .brokerBlocked = self { true } else { false } }
}

/// What each metric of a worker means, by its name.
public let workerMetricDescriptions = WorkerMetrics.descriptions

extension Duration {
  fileprivate var inNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
