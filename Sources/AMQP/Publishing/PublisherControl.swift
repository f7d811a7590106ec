import Synchronization

/// What a publisher's owner and its connection's thread share.
final class PublisherControl: Sendable {
  private struct State {
    var batches: [[OutgoingMessage]] = []
    /// Messages taken from the owner and not yet sent, wherever they are.
    var waitingCount = 0
    var isClosing = false
    var isStarted = false
    /// Replaced each time room is made while somebody waits for it.
    var roomChanged: Gate<Void>?
  }

  let pipe: WakePipe
  let events: EventSink<PublisherEvent>
  let firstAttempt = Gate<Result<Void, AMQPError>>()
  let hasFinished = Gate<Void>()
  private let capacity: Int
  private let state = Mutex(State())

  init(capacity: Int, pipe: WakePipe, events: EventSink<PublisherEvent>) {
    self.capacity = capacity
    self.pipe = pipe
    self.events = events
  }

  private static let closedError = AMQPError(.closed, "The publisher was closed.")

  func publish(_ messages: [OutgoingMessage]) throws(AMQPError) {
    guard !messages.isEmpty else { return }
    let capacity = capacity
    let outcome: Result<Bool, AMQPError> = state.withLock { state in
      if state.isClosing { return .failure(Self.closedError) }
      guard state.waitingCount == 0 || state.waitingCount + messages.count <= capacity else {
        return .failure(
          AMQPError(
            .noRoom,
            "\(state.waitingCount) messages wait to be published already, which is the limit of "
              + "\(capacity): wait for room."))
      }
      defer { state.batches.append(messages) }
      state.waitingCount += messages.count
      return .success(state.batches.isEmpty)
    }
    if try outcome.get() { pipe.wake() }
  }

  var room: Int { state.withLock { max(capacity - $0.waitingCount, 0) } }

  func waitForRoom(_ count: Int) async throws(AMQPError) {
    while true {
      let gate: Result<Gate<Void>?, AMQPError> = state.withLock { state in
        if state.isClosing { return .failure(Self.closedError) }
        if state.waitingCount == 0 || state.waitingCount + count <= capacity {
          return .success(nil)
        }
        let gate = state.roomChanged ?? Gate()
        state.roomChanged = gate
        return .success(gate)
      }
      guard let gate = try gate.get() else { return }
      guard await gate.value() != nil else {
        throw AMQPError(.closed, "Waiting for room was canceled.")
      }
    }
  }

  func markStarted() -> Bool {
    state.withLock { state in
      defer { state.isStarted = true }
      return !state.isStarted && !state.isClosing
    }
  }

  /// There is no thread after all, so nobody else ends what was closed meanwhile.
  func startFailed() {
    let isClosing = state.withLock { state in
      state.isStarted = false
      return state.isClosing
    }
    if isClosing { finish(unconfirmed: []) }
  }

  var isClosing: Bool { state.withLock { $0.isClosing } }

  func takeBatches() -> [[OutgoingMessage]] {
    state.withLock { state in
      guard !state.batches.isEmpty else { return [] }
      defer { state.batches = [] }
      return state.batches
    }
  }

  /// So many messages wait on the thread's side now; whoever waits for room looks again.
  func settleWaiting(threadQueue count: Int) {
    let gate = state.withLock { state in
      state.waitingCount = count + state.batches.reduce(0) { $0 + $1.count }
      defer { state.roomChanged = nil }
      return state.roomChanged
    }
    gate?.open(())
  }

  func close() {
    let (gate, isStarted) = state.withLock { state in
      state.isClosing = true
      defer { state.roomChanged = nil }
      return (state.roomChanged, state.isStarted)
    }
    gate?.open(())
    pipe.wake()
    if !isStarted { finish(unconfirmed: []) }
  }

  /// The last thing: everything not confirmed is told.
  func finish(unconfirmed: [UInt64]) {
    let tokens = unconfirmed + takeBatches().joined().map(\.token)
    firstAttempt.open(.failure(Self.closedError))
    events.yield(.disconnected(reason: Self.closedError, unconfirmed: tokens))
    events.finish()
    hasFinished.open(())
  }
}
