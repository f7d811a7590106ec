import Resizing
import Storage

/// What the store answers, and when it does not.
extension WorkerCore {
  mutating func storeFailed(
    _ error: StoreError, _ now: Moment, _ actions: inout [WorkerAction]
  ) {
    switch phase {
    case .committing(let batch, let changes, _) where error.code == .refused:
      relay.restoreConfirmed(changes.confirmed)
      isolate(batch, error, now, &actions)
      return
    case .loading(let batch) where error.code == .refused:
      isolate(batch, error, now, &actions)
      return
    case .beginningTrial(let delivery) where error.code == .refused:
      // What it is called cannot be noted, so its trials cannot be counted: it goes on alone.
      onTrial(delivery, triedBefore: 0, name: nil, &actions)
      return
    case .idle, .beginningTrial, .loading, .committing, .storeDown, .finished:
      break
    }
    // A store that answers heartbeats and takes no batch is asked less and less often.
    let wait = storeBackOff.longest(afterAttempt: failuresInARow + 1)
    failuresInARow += 1
    phase = .storeDown(retryAt: now.adding(milliseconds: wait))
    isHeartbeatFromBefore = duties.isUnderWay(.heartbeat)
    split.removeAll()
    claimedTimers.removeAll()
    intake.forget()
    isIntakeAwaited = true
    actions.append(.pauseIntake)
    actions.append(.log(.storeLost(error.message)))
  }

  /// Splits a batch that the store refuses until the message that breaks it is alone, and buries that one.
  private mutating func isolate(
    _ batch: Batch, _ error: StoreError, _ now: Moment, _ actions: inout [WorkerAction]
  ) {
    guard batch.items.count == 1, let item = batch.items.first else {
      let (first, second) = batch.halves
      split.append(second)
      phase = .loading(first)
      actions.append(.load(first.keys))
      return
    }
    let result = decider.bury(
      item, because: error, owner: owner, firstSequence: nextSequence, now: now)
    nextSequence = result.nextSequence
    commit(batch, result.changes, result.notices, now, &actions)
  }

  private var storeBackOff: BackOff {
    BackOff(
      baseMilliseconds: settings.retryInterval, ceilingMilliseconds: 30 * settings.retryInterval)
  }

  mutating func heartbeatDone(_ now: Moment, _ actions: inout [WorkerAction]) {
    // One from before the failure says nothing of the store after it.
    defer { isHeartbeatFromBefore = false }
    dutyDone(.heartbeat, now, &actions)
    guard case .storeDown = phase, !isHeartbeatFromBefore else { return }
    phase = .idle
    changeOwner(&actions)
    switches = nil
    breaker = PaymentsBreaker(settings.breaker)
    isMovingBreaker = false
    duties = Duties(settings, now: now)
    failingDuties.removeAll()
    actions.append(.log(.storeBack))
  }

  /// Goes on under another name: whatever belongs to the old one, known here or not, is adopted.
  mutating func changeOwner(_ actions: inout [WorkerAction]) {
    actions.append(.retire(owner: owner))
    relay.forget()
    incarnation += 1
    owner = "\(settings.name)#\(settings.run).\(incarnation)"
    strayRows = .none
  }

  /// A duty was done; while the store is down that is only told of the store.
  mutating func dutyDone(
    _ duty: WorkerDuty, _ now: Moment, _ actions: inout [WorkerAction], hasMore: Bool = false
  ) {
    duties.done(duty, at: now, hasMore: hasMore)
    if failingDuties.remove(duty) != nil, !isStoreDown { actions.append(.log(.dutyBack(duty))) }
  }

  mutating func dutyFailed(
    _ duty: WorkerDuty, _ error: StoreError, _ now: Moment, _ actions: inout [WorkerAction]
  ) {
    duties.done(duty, at: now)
    // Rows may have been moved here all the same, and nobody else would ever adopt them.
    if duty == .adoption, !error.isRolledBack { strayRows = .possible }
    if duty == .breaker { isMovingBreaker = false }
    if duty == .heartbeat { isHeartbeatFromBefore = false }
    let isFirst = failingDuties.insert(duty).inserted
    if case .storeDown = phase {
      guard duty == .heartbeat else { return }
      phase = .storeDown(retryAt: now.adding(milliseconds: settings.retryInterval))
    } else if isFirst {
      actions.append(.log(.dutyFailed(duty, error.message)))
    }
  }

  /// Takes the outbox rows of a worker that is gone.
  mutating func adopt(
    _ messages: [OutboxMessage], _ failure: StoreError?, _ now: Moment,
    _ actions: inout [WorkerAction]
  ) {
    if let failure {
      dutyFailed(.adoption, failure, now, &actions)
    } else {
      if strayRows == .possible { strayRows = .findable }
      dutyDone(.adoption, now, &actions, hasMore: messages.count >= settings.batchLimit)
    }
    guard !messages.isEmpty else { return }
    actions.append(.log(.adopted(count: messages.count)))
    publish(relay.add(messages), &actions)
  }

  mutating func begin(_ due: [WorkerDuty], _ actions: inout [WorkerAction]) {
    for duty in due {
      switch duty {
      case .timers:
        // Claimed ones that cannot be decided yet come first.
        if claimedTimers.isEmpty {
          actions.append(.claimTimers(limit: settings.batchLimit))
        } else {
          duties.done(.timers, at: now)
        }
      case .switches: actions.append(.readSwitches)
      case .breaker: break
      case .heartbeat:
        actions.append(.heartbeat(owner: owner, payments: breaker.counts(at: now)))
      case .adoption:
        // Short ones are bounded by what a worker may leave behind; long ones wait for room.
        guard relay.byteCount < settings.outboxBytes else {
          duties.done(.adoption, at: now)
          continue
        }
        actions.append(
          .adopt(owner: owner, firstSequence: nextSequence, limit: settings.batchLimit))
        nextSequence += Int64(settings.batchLimit)
      }
    }
  }
}
