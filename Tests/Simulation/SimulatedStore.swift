import Resizing
import Storage

/// The store as one worker sees it: each call waits until the world lets it happen, and fails if the world says so.
struct SimulatedStore: Store {
  let worker: SimulatedWorker

  private var world: SimulatedWorld { worker.world }
  private var real: InMemoryStore { world.store }

  /// What becomes of a call.
  enum Fate {
    case answered
    /// Nothing happened.
    case failedBefore
    /// It happened, and the caller cannot know.
    case failedAfter
    /// It happened; the answer takes a while.
    case answeredLate
  }

  private func call<Answer: Sendable>(
    _ name: StaticString, _ work: () async throws(StoreError) -> Answer
  ) async throws(StoreError) -> Answer {
    let failure = StoreError(.unavailable, "simulated failure")
    let fate = await world.fate(ofCall: name, by: worker)
    guard fate != .failedBefore else { throw failure }
    let answer = try await work()
    guard fate != .failedAfter else { throw failure }
    if fate == .answeredLate, await world.fate(ofCall: "answer", by: worker) == .failedBefore {
      throw failure
    }
    return answer
  }

  func load(_ keys: FactKeys) async throws(StoreError) -> Facts {
    if world.plan.bug == .acknowledgedBeforeCommit, !worker.isGone {
      world.queues.acknowledgeAll(worker.number)
    }
    let facts = try await call("load") { () async throws(StoreError) in try await real.load(keys) }
    return world.planted(facts)
  }

  func commit(_ changes: ChangeSet) async throws(StoreError) -> CommitOutcome {
    try await call("commit") { () async throws(StoreError) in
      let changes = try await world.planted(changes)
      let outcome = try await real.commit(changes)
      world.committed(changes, outcome, worker)
      return outcome
    }
  }

  func claimDueTimers(
    now: Moment, limit: Int, lease: Int64
  ) async throws(StoreError) -> [String] {
    try await call("claim") { () async throws(StoreError) in
      try await world.claimTimers(now: now, limit: limit, lease: lease)
    }
  }

  func heartbeat(_ beat: WorkerHeartbeat) async throws(StoreError) {
    try await call("beat") { () async throws(StoreError) in try await real.heartbeat(beat) }
  }

  func retire(worker name: String) async throws(StoreError) {
    try await call("retire") { () async throws(StoreError) in try await real.retire(worker: name) }
  }

  func beginTrial(of message: String, by worker: String) async throws(StoreError) -> Int {
    try await call("trial") { () async throws(StoreError) in
      let count = try await real.beginTrial(of: message, by: worker)
      return world.plan.bug == .trialForgotten ? 1 : count
    }
  }

  func adoptOutbox(
    owner: String, firstSequence: Int64, staleBefore: Moment, limit: Int
  ) async throws(StoreError) -> AdoptedOutbox {
    try await call("adopt") { () async throws(StoreError) in
      try await real.adoptOutbox(
        owner: owner, firstSequence: firstSequence, staleBefore: staleBefore, limit: limit)
    }
  }

  func switches() async throws(StoreError) -> Switches {
    try await call("switches") { () async throws(StoreError) in try await real.switches() }
  }

  func set(_ name: OperatorSwitch, to position: SwitchPosition) async throws(StoreError) {
    try await real.set(name, to: position)
  }

  func exchange(_ breaker: BreakerState) async throws(StoreError) -> BreakerState {
    // Whoever tries the service has to get the time to hear from it.
    world.idleSteps = 0
    return try await call("breaker") { () async throws(StoreError) in
      try await real.exchange(breaker)
    }
  }

  func record(_ actions: [OperatorAction]) async throws(StoreError) {
    try await real.record(actions)
  }

  func actions(limit: Int) async throws(StoreError) -> [OperatorAction] {
    try await real.actions(limit: limit)
  }

  func timeline(requestId: String) async throws(StoreError) -> [TimelineRow] {
    try await real.timeline(requestId: requestId)
  }

  func resizes(matching filter: ResizeFilter) async throws(StoreError) -> [Resize] {
    try await real.resizes(matching: filter)
  }

  func instances(after: String?, limit: Int) async throws(StoreError) -> [InstanceRecord] {
    try await real.instances(after: after, limit: limit)
  }

  func ledgerRows(requestId: String) async throws(StoreError) -> [LedgerRow] {
    try await real.ledgerRows(requestId: requestId)
  }

  func ledgerHeads(after: LedgerAccount?, limit: Int) async throws(StoreError) -> [LedgerHead] {
    try await real.ledgerHeads(after: after, limit: limit)
  }

  func ledgerPage(after: LedgerPlace?, limit: Int) async throws(StoreError) -> LedgerPage {
    try await real.ledgerPage(after: after, limit: limit)
  }

  func postedResizes(after: Int64, limit: Int) async throws(StoreError) -> [PostedResize] {
    try await real.postedResizes(after: after, limit: limit)
  }

  func statistics(now: Moment) async throws(StoreError) -> StoreStatistics {
    try await real.statistics(now: now)
  }

  func close() async {}
}
