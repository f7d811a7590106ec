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
  private let source: Source
  private let publisher: Publisher
  private let store: any Store
  private let clock: Clock
  private let logger: Logger
  private let startedAt: Moment
  /// How long an orderly stop may take, in milliseconds.
  private let grace: Int64
  private let metrics: WorkerMetrics
  private let observe: @Sendable (WorkerStatus) -> Void

  public init(
    core: WorkerCore, source: Source, publisher: Publisher, store: any Store, clock: Clock,
    logger: Logger, metrics: any MetricsFactory = NOOPMetricsHandler.instance,
    grace: Int64 = 5_000,
    observe: @escaping @Sendable (WorkerStatus) -> Void = { _ in }
  ) {
    self.core = core
    self.source = source
    self.publisher = publisher
    self.store = store
    self.clock = clock
    self.logger = logger
    self.grace = grace
    self.metrics = WorkerMetrics(factory: metrics)
    self.observe = observe
    startedAt = clock.now()
  }

  public func run() async throws {
    let (events, continuation) = AsyncStream.makeStream(of: WorkerEvent.self)
    await withDiscardingTaskGroup { group in
      group.addTask { [source] in
        for await event in source.events { continuation.yield(.intake(event)) }
      }
      group.addTask { [publisher] in
        for await event in publisher.events { continuation.yield(.relay(event)) }
      }
      group.addTask { [clock] in
        while (try? await clock.sleep(milliseconds: 50)) != nil { continuation.yield(.tick) }
      }
      await withGracefulShutdownHandler {
        await carryOut(events, continuation, in: &group)
      } onGracefulShutdown: {
        continuation.yield(.drain)
      }
      await source.close()
      await publisher.close()
      group.cancelAll()
    }
  }

  private func carryOut(
    _ events: AsyncStream<WorkerEvent>, _ continuation: AsyncStream<WorkerEvent>.Continuation,
    in group: inout DiscardingTaskGroup
  ) async {
    var core = core
    for await event in events {
      if case .drain = event {
        group.addTask { [clock, grace] in
          if (try? await clock.sleep(milliseconds: grace)) != nil { continuation.yield(.graceOver) }
        }
      }
      metrics.count(event)
      for action in core.handle(event, now: clock.now()) {
        metrics.count(action)
        switch action {
        case .publish(let messages): publisher.publish(messages)
        case .acknowledge(let tag, let epoch): source.acknowledge(upTo: tag, epoch: epoch)
        case .reject(let tag, let epoch): source.reject(tag: tag, epoch: epoch)
        case .pauseIntake: source.pause()
        case .resumeIntake: source.resume()
        case .drainIntake: source.drain()
        case .log(let notice): logger.log(notice)
        case .finish: return
        case .retire(let owner):
          // Waited for: what is adopted next, by us or others, must find it retired.
          do { try await store.retire(worker: owner) } catch {
            logger.warning("the worker could not be struck from the store: \(error)")
          }
        case .load, .commit, .claimTimers, .readSwitches, .heartbeat, .adopt:
          group.addTask { continuation.yield(await ask(action)) }
        }
      }
      metrics.show(core.status)
      observe(core.status)
    }
  }

  /// Makes one call to the store and tells what came of it.
  private func ask(_ action: WorkerAction) async -> WorkerEvent {
    var duty: WorkerDuty?
    do throws(StoreError) {
      switch action {
      case .load(let keys):
        return .loaded(try await store.load(keys))
      case .commit(let changes):
        let begin = ContinuousClock.now
        let outcome = try await store.commit(changes)
        metrics.measure(commit: ContinuousClock.now - begin)
        return .committed(outcome)
      case .claimTimers(let limit):
        duty = .timers
        return .timersClaimed(
          try await store.claimDueTimers(
            now: clock.now(), limit: limit, lease: core.settings.lease))
      case .readSwitches:
        duty = .switches
        return .switches(try await store.switches())
      case .heartbeat(let owner):
        duty = .heartbeat
        try await store.heartbeat(
          WorkerHeartbeat(worker: owner, startedAt: startedAt, beatAt: clock.now()))
        return .heartbeatDone
      case .adopt(let owner, let firstSequence, let limit):
        duty = .adoption
        let staleBefore = clock.now().adding(milliseconds: -core.settings.lease)
        return .adopted(
          try await store.adoptOutbox(
            owner: owner, firstSequence: firstSequence, staleBefore: staleBefore, limit: limit))
      default:
        return .tick
      }
    } catch {
      return duty.map { .dutyFailed($0, error) } ?? .storeFailed(error)
    }
  }
}
