import Logging
import Resizing
import Storage

extension SimulatedWorld {
  /// Holds a call to the store until the world lets it happen.
  func fate(ofCall name: StaticString, by worker: SimulatedWorker) async -> SimulatedStore.Fate {
    guard !worker.isGone else { return .failedBefore }
    return await withUnsafeContinuation { continuation in
      let isHanging = isRough && generator.happens(1)
      let wait = isHanging ? Int64(generator.below(40_000)) : 0
      calls.append(
        StoreCall(
          name: name, worker: worker, notBefore: now.adding(milliseconds: wait),
          continuation: continuation))
    }
  }

  /// Lets one of the calls to the store happen, or fail.
  func answerCall() {
    var index = generator.below(calls.count)
    while calls[index].notBefore > now { index = (index + 1) % calls.count }
    let call = calls.remove(at: index)
    let fate = drawnFate()
    note("w\(call.worker.number) store: \(call.name) \(fate)")
    call.continuation.resume(returning: fate)
  }

  private func drawnFate() -> SimulatedStore.Fate {
    guard isRough else { return .answered }
    if generator.happens(plan.storeFaults) {
      return generator.happens(50) ? .failedBefore : .failedAfter
    }
    return generator.happens(10) ? .answeredLate : .answered
  }

  /// Takes note of a commit that is durable.
  func committed(_ changes: ChangeSet, _ outcome: CommitOutcome, _ worker: SimulatedWorker) {
    note("w\(worker.number) commits \(changes.summary): \(outcome)")
    guard outcome == .committed else { return }
    if !changes.resizes.isEmpty { idleSteps = 0 }
    for resize in changes.resizes {
      if resize.state.isEnd, resize.refund?.state ?? .succeeded == .succeeded {
        live.remove(resize.requestId)
      } else {
        live.insert(resize.requestId)
      }
    }
  }

  func sleep(
    _ id: Int, _ worker: SimulatedWorker, _ milliseconds: Int64,
    _ continuation: UnsafeContinuation<Void, any Error>
  ) {
    sleepers.append(
      Sleeper(
        id: id, worker: worker, wakeAt: now.adding(milliseconds: milliseconds),
        continuation: continuation))
  }

  func wake(_ id: Int, throwing error: any Error) {
    guard let index = sleepers.firstIndex(where: { $0.id == id }) else { return }
    sleepers.remove(at: index).continuation.resume(throwing: error)
  }

  /// Forgets a worker that is gone; calls that it made happen or do not, and are answered to nobody.
  func lose(_ worker: SimulatedWorker) {
    workers.removeAll { $0 === worker }
    queues.disconnect(worker.number, using: &generator)
    for message in worker.inFlight where generator.happens(50) { route(message) }
    for call in calls where call.worker === worker {
      call.continuation.resume(returning: generator.happens(50) ? .failedAfter : .failedBefore)
    }
    calls.removeAll { $0.worker === worker }
    for sleeper in sleepers where sleeper.worker === worker {
      sleeper.continuation.resume(throwing: CancellationError())
    }
    sleepers.removeAll { $0.worker === worker }
  }

  func logger(for worker: SimulatedWorker) -> Logger {
    guard isTracing else { return Self.silent }
    return Logger(label: "w\(worker.number)") { [unowned self] label in
      TraceLogHandler(label: label, world: self)
    }
  }

  private static let silent: Logger = {
    var logger = Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }
    logger.logLevel = .critical
    return logger
  }()
}

/// What a worker logs stands in the trace.
private struct TraceLogHandler: LogHandler {
  let label: String
  unowned let world: SimulatedWorld
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    world.note("\(label) \(event.level): \(event.message)")
  }
}

extension ChangeSet {
  fileprivate var summary: String {
    let events = timeline.map { "\($0.requestId) \($0.event)" }.joined(separator: ", ")
    return "[\(events)], \(outbox.count) messages, confirmed \(confirmed)"
  }
}
