import Synchronization

/// What a reader's owner asks of its connection's thread.
final class ReaderControl: Sendable {
  /// One thing to do on the connection; it tells its owner itself what came of it.
  struct Job: Sendable {
    var run: @Sendable (RabbitConnection) throws(AMQPError) -> Void
    var fail: @Sendable (AMQPError) -> Void
  }

  private struct State {
    var jobs: [Job] = []
    var isClosing = false
    /// Why nothing can be done any more.
    var end: AMQPError?
  }

  let pipe: WakePipe
  let hasFinished = Gate<Void>()
  private let state = Mutex(State())

  init() throws(AMQPError) { pipe = try WakePipe() }

  /// Runs `body` on the connection's thread, after all that was asked for before.
  func perform<Value: Sendable>(
    _ body: @escaping @Sendable (RabbitConnection) throws(AMQPError) -> Value
  ) async throws(AMQPError) -> Value {
    let outcome = Gate<Result<Value, AMQPError>>()
    add(
      Job(
        run: { (connection) throws(AMQPError) in
          outcome.open(.success(try body(connection)))
        },
        fail: { outcome.open(.failure($0)) }))
    guard let result = await outcome.value() else {
      throw AMQPError(.closed, "Waiting for the broker was canceled.")
    }
    return try result.get()
  }

  private func add(_ job: Job) {
    let end = state.withLock { state in
      if state.end == nil { state.jobs.append(job) }
      return state.end
    }
    if let end { job.fail(end) }
    pipe.wake()
  }

  func close() {
    state.withLock { $0.isClosing = true }
    pipe.wake()
  }

  /// The next thing to do, and whether nothing will follow it.
  func next() -> (job: Job?, isClosing: Bool) {
    state.withLock { state in
      (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isClosing)
    }
  }

  /// Nothing can be done any more.
  func finish(_ error: AMQPError) {
    let left = state.withLock { state in
      defer { state.jobs.removeAll() }
      state.end = error
      return state.jobs
    }
    for job in left { job.fail(error) }
    hasFinished.open(())
  }
}

/// The life of a reader's thread: one connection, never a second one, because what was held is back
/// in the queue when the first has ended.
struct ReaderLoop {
  let address: BrokerAddress
  let settings: ConnectionSettings
  let control: ReaderControl

  func run() {
    do throws(AMQPError) {
      let connection = try RabbitConnection(address, settings)
      try connection.openChannel()
      try serve(connection)
      connection.close()
      control.finish(AMQPError(.closed, "\(settings.name) was closed."))
    } catch {
      control.finish(error)
    }
  }

  private func serve(_ connection: RabbitConnection) throws(AMQPError) {
    while true {
      let (job, isClosing) = control.next()
      if let job {
        try run(job, on: connection)
        continue
      }
      if isClosing { return }
      try connection.keepAlive()
      try connection.flush()
      guard try connection.wait(for: control.pipe, until: nil) else { continue }
      try connection.receive { (frame) throws(AMQPError) in
        switch frame {
        case .method(.channelClose(let close)):
          throw AMQPError(close, doing: "Holding messages of", with: address)
        case .method(.connectionClose(let close)):
          connection.answerConnectionClose()
          throw AMQPError(close, doing: "The connection to", with: address)
        default: break
        }
      }
    }
  }

  private func run(
    _ job: ReaderControl.Job, on connection: RabbitConnection
  ) throws(AMQPError) {
    do throws(AMQPError) {
      try job.run(connection)
    } catch {
      job.fail(error)
      throw error
    }
  }
}
