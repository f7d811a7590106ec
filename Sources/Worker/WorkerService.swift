import Logging
import Metrics
import Resizing
import ServiceLifecycle
import Storage

/// Runs a worker: carries the core's actions out on the real queues, store and clock, and feeds it what becomes of them.
///
/// Stops in order on the service group's graceful shutdown: consuming ends, the batch under way is committed, acknowledged and confirmed.
public struct WorkerService<Source: IntakeSource, Publisher: RelayPublisher, Clock: WorkerClock>:
  Service
{
  private let core: WorkerCore
  private let mailbox: EventMailbox
  private let source: Source
  private let publisher: Publisher
  private let store: any Store
  private let clock: Clock
  private let logger: Logger
  private let startedAt: Moment
  /// How long an orderly stop may take, in milliseconds.
  private let grace: Int64
  private let metrics: WorkerMetrics
  private let willLoad: @Sendable (FactKeys) -> Void
  private let observe: @Sendable (WorkerStatus) -> Void

  /// - Parameters:
  ///   - mailbox: Where `source` and `publisher` put what happens; nobody else reads it.
  ///   - source: Paused; the worker resumes it when it knows what may be taken.
  public init(
    core: WorkerCore, mailbox: EventMailbox, source: Source, publisher: Publisher,
    store: any Store, clock: Clock, logger: Logger,
    metrics: any MetricsFactory = NOOPMetricsHandler.instance,
    grace: Int64 = 5_000,
    willLoad: @escaping @Sendable (FactKeys) -> Void = { _ in },
    observe: @escaping @Sendable (WorkerStatus) -> Void = { _ in }
  ) {
    self.core = core
    self.mailbox = mailbox
    self.source = source
    self.publisher = publisher
    self.store = store
    self.clock = clock
    self.logger = logger
    self.grace = grace
    self.metrics = WorkerMetrics(factory: metrics)
    self.willLoad = willLoad
    self.observe = observe
    startedAt = clock.now()
  }

  public func run() async throws {
    await withDiscardingTaskGroup { group in
      group.addTask { [clock, mailbox] in
        while (try? await clock.sleep(milliseconds: 50)) != nil { mailbox.put(.tick) }
      }
      await withGracefulShutdownHandler {
        await handleEvents(in: &group)
      } onGracefulShutdown: { [mailbox] in
        mailbox.put(.drain)
      }
      await source.close()
      await publisher.close()
      group.cancelAll()
    }
  }

  /// Lets the core handle what happens until it is finished.
  private func handleEvents(in group: inout DiscardingTaskGroup) async {
    var core = core
    while true {
      let events = await mailbox.take(core.patience)
      if events.isEmpty { return }
      for event in events {
        metrics.count(event)
        if case .drain = event { wake(after: grace, with: .graceOver, in: &group) }
      }
      for action in core.handle(events, now: clock.now()) {
        if case .finish = action { return }
        await carryOut(action, in: &group)
      }
      let status = core.status
      metrics.show(status, at: clock.now())
      observe(status)
    }
  }

  private func carryOut(_ action: WorkerAction, in group: inout DiscardingTaskGroup) async {
    switch action {
    case .publish(let messages): publisher.publish(messages)
    case .acknowledge(let tag, let epoch): source.acknowledge(upTo: tag, epoch: epoch)
    case .reject(let tag, let epoch): source.reject(tag: tag, epoch: epoch)
    case .pauseIntake: source.pause()
    case .resumeIntake: source.resume()
    case .holdRequests: source.holdRequests()
    case .takeRequests: source.takeRequests()
    case .drainIntake: source.drain()
    case .log(let notice):
      metrics.count(notice)
      logger.log(notice)
    case .wake(let milliseconds): wake(after: milliseconds, with: .tick, in: &group)
    case .retire(let owner):
      // Waited for: what is adopted next, by us or others, must find it retired.
      do { try await store.retire(worker: owner) } catch {
        logger.warning("the worker could not be struck from the store: \(error)")
      }
    case .load, .commit, .beginTrial, .claimTimers, .readSwitches, .moveBreaker, .heartbeat, .adopt:
      group.addTask { [mailbox] in mailbox.put(await ask(action)) }
    case .finish: break
    }
  }

  private func wake(
    after milliseconds: Int64, with event: WorkerEvent, in group: inout DiscardingTaskGroup
  ) {
    group.addTask { [clock, mailbox] in
      if (try? await clock.sleep(milliseconds: milliseconds)) != nil { mailbox.put(event) }
    }
  }

  /// Makes one call to the store and tells what came of it.
  private func ask(_ action: WorkerAction) async -> WorkerEvent {
    var duty: WorkerDuty?
    do throws(StoreError) {
      switch action {
      case .load(let keys):
        willLoad(keys)
        let begin = ContinuousClock.now
        let facts = try await store.load(keys)
        metrics.measure(load: ContinuousClock.now - begin)
        return .loaded(facts)
      case .commit(let changes):
        let begin = ContinuousClock.now
        let outcome = try await store.commit(changes)
        metrics.measure(commit: ContinuousClock.now - begin)
        if outcome == .committed { metrics.count(changes) }
        return .committed(outcome)
      case .beginTrial(let message, let worker):
        return .trialBegun(count: try await store.beginTrial(of: message, by: worker))
      case .claimTimers(let limit):
        duty = .timers
        return .timersClaimed(
          try await store.claimDueTimers(
            now: clock.now(), limit: limit, lease: core.settings.lease))
      case .readSwitches:
        duty = .switches
        return .switches(try await store.switches())
      case .moveBreaker(let state):
        duty = .breaker
        return .breakerMoved(try await store.exchange(state))
      case .heartbeat(let owner, let payments):
        duty = .heartbeat
        try await store.heartbeat(
          WorkerHeartbeat(
            worker: owner, startedAt: startedAt, beatAt: clock.now(),
            paymentsAnswered: payments.answered, paymentsFailed: payments.failed))
        return .heartbeatDone
      case .adopt(let owner, let firstSequence, let limit):
        duty = .adoption
        let staleBefore = clock.now().adding(milliseconds: -core.settings.lease)
        let adopted = try await store.adoptOutbox(
          owner: owner, firstSequence: firstSequence, staleBefore: staleBefore, limit: limit)
        metrics.count(setAside: adopted.setAside.count)
        for page in adopted.setAside {
          logger.error(
            """
            \(page); it is set aside, and kept in outbox_set_aside. Payments and commands in it are \
            asked for again when their time-outs are over, statuses in it were not told
            """)
        }
        return .adopted(adopted.messages, failure: adopted.failure)
      default:
        return .tick
      }
    } catch {
      return duty.map { .dutyFailed($0, error) } ?? .storeFailed(error)
    }
  }
}
