import Resizing

/// The store of tests and simulations: keeps everything in this process, forgets it with it.
///
/// It follows the port to the letter and passes the same conformance suite as the engines with a
/// disk.
public actor InMemoryStore: Store {
  struct StoredResize {
    /// Counts the resizes of the store in the order of their first commit.
    var number: Int64
    var resize: Resize
    /// When the timer may be claimed: when it is due, or when the lease on it is over.
    var wakeAt: Moment?
  }

  struct OutboxKey: Hashable, Comparable {
    var owner: String
    var sequence: Int64

    static func < (left: Self, right: Self) -> Bool {
      (left.owner, left.sequence) < (right.owner, right.sequence)
    }
  }

  /// No movement is posted to one account twice.
  struct PostingKey: Hashable {
    var movementId: String
    var account: String
  }

  var storedResizes: [String: StoredResize] = [:]
  var storedInstances: [String: InstanceRecord] = [:]
  var timelineRows: [TimelineRow] = []
  var ledgerRows: [LedgerRow] = []
  var heads: [LedgerAccount: LedgerHead] = [:]
  var posted: Set<PostingKey> = []
  var outbox: [OutboxKey: OutboxMessage] = [:]
  var workers: [String: WorkerHeartbeat] = [:]
  /// The workers that have begun with a message, by message.
  var trials: [String: Set<String>] = [:]
  var recordedActions: [OperatorAction] = []
  private var currentSwitches = Switches()
  private var isClosed = false

  public init() {}

  public func load(_ keys: FactKeys) throws(StoreError) -> Facts {
    try requireOpen()
    var facts = Facts()
    var instanceIds = keys.instanceIds
    for requestId in keys.requestIds {
      guard let resize = storedResizes[requestId]?.resize else { continue }
      facts.resizes[requestId] = resize
      instanceIds.insert(resize.request.instanceId)
    }
    for instanceId in instanceIds { facts.instances[instanceId] = storedInstances[instanceId] }
    return facts
  }

  public func heartbeat(_ worker: WorkerHeartbeat) throws(StoreError) {
    try requireOpen()
    workers[worker.worker] = worker
  }

  public func retire(worker: String) throws(StoreError) {
    try requireOpen()
    workers[worker] = nil
    for message in trials.keys { trials[message]?.remove(worker) }
    trials = trials.filter { !$0.value.isEmpty }
  }

  public func beginTrial(of message: String, by worker: String) throws(StoreError) -> Int {
    try requireOpen()
    trials[message, default: []].insert(worker)
    return trials[message]?.count ?? 0
  }

  public func switches() throws(StoreError) -> Switches {
    try requireOpen()
    var switches = currentSwitches
    switches.outbox = SharedOutbox(messages: outbox.count, workers: workers.count)
    return switches
  }

  public func set(_ name: OperatorSwitch, to position: SwitchPosition) throws(StoreError) {
    try requireOpen()
    switch name {
    case .payments: currentSwitches.payments = position
    case .intake: currentSwitches.intake = position
    }
  }

  public func exchange(_ breaker: BreakerState) throws(StoreError) -> BreakerState {
    try requireOpen()
    if breaker.revision == currentSwitches.breaker.revision {
      currentSwitches.breaker = breaker
      currentSwitches.breaker.revision += 1
    }
    return currentSwitches.breaker
  }

  public func close() { isClosed = true }

  func requireOpen() throws(StoreError) {
    if isClosed { throw StoreError(.unavailable, "The store in memory is closed.") }
  }
}
