import Resizing
import Storage

/// The heart of a worker: a value that is fed events and answers with actions; it does nothing itself.
///
/// One batch at a time is loaded, decided and committed; it is acknowledged when the commit is durable, and its messages are published
/// then. Confirms come in beside that, and confirmed messages leave the outbox with a later commit. A crash at any point is an action
/// not carried out: unacknowledged deliveries and unconfirmed outbox rows are found again.
public struct WorkerCore: Sendable {
  /// Rows of the outbox that an adoption of unknown outcome may have brought to the present owner, and that nobody here knows of.
  enum StrayRows: Sendable {
    case none
    /// There may be some. To look for them means to forget what is known here, which comes back by adoption only.
    case possible
    /// There may be some, and the store lets rows be adopted again.
    case findable
  }

  enum Phase: Sendable {
    case idle
    /// A message that may have ended workers is noted before anything looks into it.
    case beginningTrial(IntakeDelivery)
    case loading(Batch)
    /// With what is to be read of it in the log once it is durable.
    case committing(Batch, ChangeSet, [WorkerNotice])
    /// The store failed; nothing is taken until it answers again.
    case storeDown(retryAt: Moment)
    case finished
  }

  let settings: WorkerSettings
  let decider: BatchDecider
  var phase: Phase = .idle
  var intake: Intake
  var relay: OutboxRelay
  var duties: Duties
  /// Whether the heartbeat under way was begun before the store failed.
  var isHeartbeatFromBefore = false
  /// Duties that failed the last time they were tried.
  var failingDuties: Set<WorkerDuty> = []
  /// How often loads and commits have failed since the last commit.
  var failuresInARow = 0
  /// As last read; nil before that, and after a failure of the store.
  var switches: Switches?
  var breaker: PaymentsBreaker
  var isMovingBreaker = false
  /// Since when payments have been able to leave this worker; nil while they are not.
  var paymentsFlowSince: Moment?
  /// Timers of payments that were held lately.
  var heldTimers: [String] = []
  /// Why no request is taken; nil while requests are.
  var requestsHold: RequestsHold?
  /// Whether the source is paused, until the store has told whether requests may be taken. It is from the beginning.
  var isIntakeAwaited = true
  /// Undelivered messages of the other workers, when they were last looked at.
  var othersBacklog = 0
  /// Since when the outbox has been over its bound.
  var outboxFullSince: Moment?
  /// When the oldest undelivered message was put into the outbox, as of the last look.
  var oldestUndelivered: Moment?
  var lookAtOldestAt = Moment(millisecondsSinceEpoch: 0)
  /// Batches that were split off from one that broke its commit.
  var split: [Batch] = []
  var claimedTimers: [String] = []
  /// When confirmed messages are struck from the outbox even without another batch.
  private var tidyAt = Moment(millisecondsSinceEpoch: 0)
  private var lastBatchAt = Moment(millisecondsSinceEpoch: 0)
  /// When a tick comes that was ordered for the next batch.
  private var wakeAt: Moment?
  var isIntakeConnected = false
  var isDraining = false
  /// Owner of the outbox rows; a new one after each failure of the store, whose commits may or may not have happened.
  var owner: String
  var strayRows = StrayRows.none
  var incarnation = 1
  var nextSequence: Int64 = 1
  /// The time of the last event.
  private(set) var now: Moment

  public init(
    settings: WorkerSettings, machine: ResizeMachine, translator: MessageTranslator, now: Moment
  ) {
    self.settings = settings
    decider = BatchDecider(machine: machine, translator: translator, worker: settings.name)
    intake = Intake(settings)
    duties = Duties(settings, now: now)
    relay = OutboxRelay(
      retryBackOff: BackOff(
        baseMilliseconds: settings.retryInterval,
        ceilingMilliseconds: 30 * settings.retryInterval))
    breaker = PaymentsBreaker(settings.breaker)
    owner = "\(settings.name)#\(settings.run)"
    self.now = now
  }

  /// Takes one event and tells what to do about it, in order.
  public mutating func handle(_ event: WorkerEvent, now: Moment) -> [WorkerAction] {
    handle(CollectionOfOne(event), now: now)
  }

  /// Takes what has happened since the last time, all of it before the next batch is begun.
  public mutating func handle(
    _ events: some Sequence<WorkerEvent>, now: Moment
  ) -> [WorkerAction] {
    var actions: [WorkerAction] = []
    if now < self.now {
      clockSetBack(by: self.now.millisecondsSinceEpoch - now.millisecondsSinceEpoch)
    }
    self.now = now
    for event in events { take(event, now, &actions) }
    advance(now, &actions)
    return actions
  }

  private mutating func take(
    _ event: WorkerEvent, _ now: Moment, _ actions: inout [WorkerAction]
  ) {
    switch event {
    case .intake(let event): take(event, &actions)
    case .relay(let event): take(event, now, &actions)
    case .loaded(let facts): decide(facts, now, &actions)
    case .committed(let outcome): conclude(outcome, now, &actions)
    case .trialBegun(let count): tried(count, &actions)
    case .storeFailed(let error): storeFailed(error, now, &actions)
    case .timersClaimed(let requestIds):
      claimedTimers.append(contentsOf: requestIds)
      dutyDone(.timers, now, &actions, hasMore: requestIds.count >= settings.batchLimit)
    case .adopted(let messages, let failure): adopt(messages, failure, now, &actions)
    case .switches(let switches): follow(switches, now, &actions)
    case .breakerMoved(let stored): breakerMoved(stored, &actions)
    case .heartbeatDone: heartbeatDone(now, &actions)
    case .dutyFailed(let duty, let error): dutyFailed(duty, error, now, &actions)
    case .tick: break
    case .drain: drain(&actions)
    case .graceOver:
      phase = .finished
      actions.append(.finish)
    }
  }
}

// Batches.
extension WorkerCore {
  /// Begins whatever can be begun now.
  private mutating func advance(_ now: Moment, _ actions: inout [WorkerAction]) {
    regulatePayments(now, &actions)
    regulateRequests(now, &actions)
    resumeIntake(&actions)
    switch phase {
    case .finished:
      return
    case .storeDown(let retryAt):
      if now >= retryAt { begin(duties.begin(at: now).filter { $0 == .heartbeat }, &actions) }
      return
    case .beginningTrial, .loading, .committing:
      break
    case .idle:
      if strayRows == .findable && !isDraining { changeOwner(&actions) }
      beginBatch(now, &actions)
    }
    if case .finished = phase { return }
    begin(duties.begin(at: now), &actions)
    publish(relay.retry(at: now), &actions)
  }

  private mutating func beginBatch(_ now: Moment, _ actions: inout [WorkerAction]) {
    let isLastTidying = isDraining && (relay.isSettled || !relay.isConnected)
    if beginTrial(now, &actions) {
      lastBatchAt = now
      wakeAt = nil
    } else if let batch = nextBatch(now, &actions) {
      lastBatchAt = now
      wakeAt = nil
      phase = .loading(batch)
      actions.append(.load(batch.keys))
    } else if !relay.confirmed.isEmpty, isLastTidying || now >= tidyAt {
      commit(Batch(items: []), ChangeSet(worker: owner), [], now, &actions)
    } else if isLastTidying {
      phase = .finished
      actions.append(.retire(owner: owner))
      actions.append(.finish)
    }
  }

  /// Puts the next delivery on trial, if it has to be.
  private mutating func beginTrial(_ now: Moment, _ actions: inout [WorkerAction]) -> Bool {
    guard split.isEmpty, !isDraining, !isOutboxTooFull, isBatchDue(now, &actions),
      let suspect = intake.cutSuspect()
    else { return false }
    phase = .beginningTrial(suspect)
    actions.append(.beginTrial(message: suspect.trialName, worker: owner))
    return true
  }

  /// The message on trial is read, or was at the end of too many workers.
  private mutating func tried(_ count: Int, _ actions: inout [WorkerAction]) {
    guard case .beginningTrial(let delivery) = phase else { return }
    onTrial(delivery, triedBefore: count - 1, name: delivery.trialName, &actions)
  }

  /// Goes on with a message alone.
  /// - Parameter name: What the store has noted it as; nil if it has not.
  mutating func onTrial(
    _ delivery: IntakeDelivery, triedBefore: Int, name: String?, _ actions: inout [WorkerAction]
  ) {
    let item = decider.translator.read(delivery, triedBefore: triedBefore, settings)
    let batch = Batch(items: [item], trial: name)
    phase = .loading(batch)
    actions.append(.load(batch.keys))
  }

  private mutating func nextBatch(_ now: Moment, _ actions: inout [WorkerAction]) -> Batch? {
    if let batch = split.popLast() { return batch }
    guard !isDraining, !isOutboxTooFull, isBatchDue(now, &actions) else { return nil }
    let deliveries = intake.cut()
    var items = deliveries.map { decider.translator.read($0, settings) }
    // What is rejected is settled alone.
    if deliveries.first?.body != nil || deliveries.isEmpty {
      items += claimedTimers.map {
        BatchItem(content: .input(.timerDue(requestId: $0), eventId: $0), delivery: nil)
      }
      claimedTimers.removeAll()
    }
    return items.isEmpty ? nil : Batch(items: items)
  }

  /// Whether a batch may begin now. Where it may not yet, but there is something for it, a tick is ordered for when it may.
  private mutating func isBatchDue(_ now: Moment, _ actions: inout [WorkerAction]) -> Bool {
    guard intake.missing > 0, let wait = waitForBatch(now) else { return true }
    guard !intake.isEmpty || !claimedTimers.isEmpty else { return false }
    if wakeAt.map({ $0 <= now }) ?? true {
      wakeAt = now.adding(milliseconds: wait)
      actions.append(.wake(after: wait))
    }
    return false
  }

  /// The milliseconds until a batch may begin that is not full; nil where it may now. Nothing waits
  /// for confirms that would not be in a larger batch for it.
  private func waitForBatch(_ now: Moment) -> Int64? {
    let elapsed = now.millisecondsSinceEpoch - lastBatchAt.millisecondsSinceEpoch
    // The clock was set back.
    guard elapsed >= 0 else { return nil }
    if elapsed < settings.batchInterval { return settings.batchInterval - elapsed }
    let longest = settings.longestBatchInterval
    guard relay.inFlight > 0, elapsed < longest else { return nil }
    return intake.canGrow ? longest - elapsed : nil
  }

  /// What can wait until something else happens: deliveries while a batch is under way or they are too few for one, confirms unless
  /// they are waited for.
  var patience: EventPatience {
    var patience = EventPatience.none
    if !isDraining, requestsHold == nil, !isOutboxTooFull { patience.confirms = .max }
    switch phase {
    case .idle:
      if wakeAt != nil {
        patience.deliveries = max(intake.missing, 1)
        patience.confirms = min(patience.confirms, max(relay.inFlight, 1))
      }
    case .beginningTrial, .loading, .committing, .storeDown, .finished:
      patience.deliveries = .max
    }
    return patience
  }

  private mutating func decide(_ facts: Facts, _ now: Moment, _ actions: inout [WorkerAction]) {
    guard case .loading(let batch) = phase else { return }
    let result = decider.decide(
      batch, facts: facts, owner: owner, firstSequence: nextSequence,
      paymentTimers: paymentTimers, now: now)
    nextSequence = result.nextSequence
    keepHeldTimers(result.heldTimers)
    commit(batch, result.changes, result.notices, now, &actions)
  }

  mutating func commit(
    _ batch: Batch, _ changes: ChangeSet, _ notices: [WorkerNotice], _ now: Moment,
    _ actions: inout [WorkerAction]
  ) {
    var changes = changes
    tidyAt = now.adding(milliseconds: settings.timerInterval)
    changes.confirmed = relay.takeConfirmed(limit: 16 * settings.batchLimit)
    changes.trials = batch.trial.map { [$0] } ?? []
    phase = .committing(batch, changes, notices)
    actions.append(.commit(changes))
  }

  private mutating func conclude(
    _ outcome: CommitOutcome, _ now: Moment, _ actions: inout [WorkerAction]
  ) {
    guard case .committing(let batch, let changes, let notices) = phase else { return }
    switch outcome {
    case .conflict:
      relay.restoreConfirmed(changes.confirmed)
      phase = .loading(batch)
      actions.append(.load(batch.keys))
    case .committed:
      phase = .idle
      if failingDuties.remove(.heartbeat) != nil { actions.append(.log(.dutyBack(.heartbeat))) }
      failuresInARow = 0
      settle(batch, &actions)
      actions += notices.map(WorkerAction.log)
      countOutcomes(of: batch, changes.timeline, now)
      publish(relay.add(changes.outbox), &actions)
    }
  }

  /// Acknowledges what is durable now.
  private func settle(_ batch: Batch, _ actions: inout [WorkerAction]) {
    guard let last = batch.lastDelivery else { return }
    if last.body == nil {
      actions.append(.reject(tag: last.tag, epoch: last.epoch))
    } else {
      actions.append(.acknowledge(upTo: last.tag, epoch: last.epoch))
    }
  }

  func publish(_ messages: [OutboxMessage], _ actions: inout [WorkerAction]) {
    if !messages.isEmpty { actions.append(.publish(messages)) }
  }
}

// The clock.
extension WorkerCore {
  /// Waits last as long as they were meant to, however far the machine's clock is set back.
  private mutating func clockSetBack(by milliseconds: Int64) {
    duties.clockSetBack(by: milliseconds)
    relay.clockSetBack(by: milliseconds)
    tidyAt = tidyAt.adding(milliseconds: -milliseconds)
    lookAtOldestAt = lookAtOldestAt.adding(milliseconds: -milliseconds)
    outboxFullSince = outboxFullSince?.adding(milliseconds: -milliseconds)
    paymentsFlowSince = paymentsFlowSince?.adding(milliseconds: -milliseconds)
    breaker.clockSetBack(by: milliseconds)
    if case .storeDown(let retryAt) = phase {
      phase = .storeDown(retryAt: retryAt.adding(milliseconds: -milliseconds))
    }
  }
}
