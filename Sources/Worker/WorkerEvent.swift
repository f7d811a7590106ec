import Resizing
import Storage

/// Everything that can happen to a worker.
public enum WorkerEvent: Sendable {
  case intake(IntakeEvent)
  case relay(RelayEvent)
  case loaded(Facts)
  case committed(CommitOutcome)
  /// So many workers have begun with the message on trial and not ended, this one included.
  case trialBegun(count: Int)
  /// A load, a commit or the beginning of a trial failed.
  case storeFailed(StoreError)
  case timersClaimed([String])
  /// - Parameter failure: Why the rest of what others left could not be taken.
  case adopted([OutboxMessage], failure: StoreError? = nil)
  case switches(Switches)
  /// The breaker as it is stored after this worker tried to move it.
  case breakerMoved(BreakerState)
  case heartbeatDone
  /// Any other call to the store failed; it is made again in its turn.
  case dutyFailed(WorkerDuty, StoreError)
  /// Some time has passed.
  case tick
  /// Stop in order.
  case drain
  /// The grace period is over.
  case graceOver
}

/// What a worker looks after beside its messages.
public enum WorkerDuty: String, Sendable, CaseIterable {
  case timers
  case switches
  case heartbeat
  case adoption
  /// Moving the payments' breaker; only when there is a reason to.
  case breaker
}

/// What the shell shall do; results come back as events.
public enum WorkerAction: Sendable, Equatable {
  case load(FactKeys)
  case commit(ChangeSet)
  case beginTrial(message: String, worker: String)
  case publish([OutboxMessage])
  case acknowledge(upTo: UInt64, epoch: UInt64)
  case reject(tag: UInt64, epoch: UInt64)
  /// Stops consuming all queues, and resumes.
  case pauseIntake
  case resumeIntake
  /// Stops consuming the requests only, and resumes; what was delivered of them goes on.
  case holdRequests
  case takeRequests
  case drainIntake
  case claimTimers(limit: Int)
  case readSwitches
  case moveBreaker(BreakerState)
  case heartbeat(owner: String, payments: OutcomeCounts)
  case adopt(owner: String, firstSequence: Int64, limit: Int)
  case retire(owner: String)
  /// Send a ``WorkerEvent/tick`` after so many milliseconds.
  case wake(after: Int64)
  case log(WorkerNotice)
  case finish
}

/// What an operator should read in the log.
public enum WorkerNotice: Sendable, Equatable {
  case storeLost(String)
  case storeBack
  /// The first time in a row that it could not be done.
  case dutyFailed(WorkerDuty, String)
  case dutyBack(WorkerDuty)
  case intakeConnected
  case intakeLost(String)
  case relayConnected
  case relayLost(String)
  case relayBlocked(String)
  case relayUnblocked
  case unroutable(String, count: Int)
  case requestsHeld(String)
  case requestsTaken
  case paymentsHeld(PaymentsHold)
  case paymentsFlow
  case breakerMoved(BreakerState)
  case deadLettered(queue: String, reason: Reason)
  /// A resize whose time has come cannot be read or written.
  case timerRefused(requestId: String, reason: String)
  case adopted(count: Int)
  case draining
}
