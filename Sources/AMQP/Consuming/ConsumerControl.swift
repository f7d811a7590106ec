import Synchronization

/// What a consumer's owner and its connection's thread share.
final class ConsumerControl: Sendable {
  enum Mode: Sendable {
    case running
    case paused
    case draining
  }

  enum Settlement: Sendable {
    case acknowledge(UInt64, UInt64, multiple: Bool)
    case reject(UInt64, UInt64, requeue: Bool)
    case nack(UInt64, UInt64, requeue: Bool)
    /// A pause: everything delivered goes back, whatever is asked for after it.
    case handBack
  }

  /// What the thread takes at each turn.
  struct Orders: Sendable {
    var settlements: [Settlement] = []
    var mode = Mode.running
    var suspendedQueues: Set<String> = []
    var isClosing = false
  }

  private struct State {
    var orders = Orders()
    var isStarted = false
    /// Whether the next attempt to connect is not to be waited for.
    var isRetryWanted = false
    var actualConsumers = 0
    var droppedAcknowledgements = 0
  }

  let subscriptions: [BrokerConsumer.Subscription]
  let suspectCount: Int?
  let pipe: WakePipe
  let events: EventSink<ConsumerEvent>
  let firstAttempt = Gate<Result<Void, AMQPError>>()
  let hasFinished = Gate<Void>()
  private let state = Mutex(State())

  init(
    _ subscriptions: [BrokerConsumer.Subscription], suspectCount: Int?, pipe: WakePipe,
    events: EventSink<ConsumerEvent>
  ) {
    self.subscriptions = subscriptions
    self.suspectCount = suspectCount
    self.pipe = pipe
    self.events = events
  }

  func markStarted() -> Bool {
    state.withLock { state in
      defer { state.isStarted = true }
      return !state.isStarted && !state.orders.isClosing
    }
  }

  /// There is no thread after all, so nobody else ends what was closed meanwhile.
  func startFailed() {
    let isClosing = state.withLock { state in
      state.isStarted = false
      return state.orders.isClosing
    }
    if isClosing { finish() }
  }

  func settle(_ settlement: Settlement) {
    let wasEmpty = state.withLock { state in
      defer { state.orders.settlements.append(settlement) }
      return state.orders.settlements.isEmpty
    }
    if wasEmpty { pipe.wake() }
  }

  func setMode(_ mode: Mode) {
    state.withLock { state in
      state.orders.mode = mode
      // Kept in line with the settlements even if it is resumed before the thread looks: the owner
      // has forgotten what was delivered, and a later acknowledgement would cover it.
      if mode == .paused { state.orders.settlements.append(.handBack) }
    }
    pipe.wake()
  }

  func setSuspended(_ isSuspended: Bool, _ queue: String) {
    state.withLock { state in
      if isSuspended {
        state.orders.suspendedQueues.insert(queue)
      } else {
        state.orders.suspendedQueues.remove(queue)
      }
    }
    pipe.wake()
  }

  func connectNow() {
    state.withLock { $0.isRetryWanted = true }
    pipe.wake()
  }

  func takeRetry() -> Bool {
    state.withLock { state in
      defer { state.isRetryWanted = false }
      return state.isRetryWanted
    }
  }

  func close() {
    let isStarted = state.withLock { state in
      state.orders.isClosing = true
      return state.isStarted
    }
    pipe.wake()
    if !isStarted { finish() }
  }

  func finish() {
    firstAttempt.open(.failure(AMQPError(.closed, "The consumer was closed.")))
    events.finish()
    hasFinished.open(())
  }

  var isClosing: Bool { state.withLock { $0.orders.isClosing } }

  /// The mode to begin a new connection with. The end of the old one handed everything back.
  func takeModeAnew() -> Mode {
    state.withLock { state in
      state.orders.settlements.removeAll { $0.isHandBack }
      return state.orders.mode
    }
  }

  var suspendedQueues: Set<String> { state.withLock { $0.orders.suspendedQueues } }

  /// What is to be done on a connection that is there.
  func takeOrders() -> Orders {
    state.withLock { state in
      state.isRetryWanted = false
      defer { state.orders.settlements.removeAll() }
      return state.orders
    }
  }

  func publish(actualConsumers: Int, droppedAcknowledgements: Int) {
    state.withLock { state in
      state.actualConsumers = actualConsumers
      state.droppedAcknowledgements = droppedAcknowledgements
    }
  }

  var expectedConsumers: Int {
    state.withLock { state in
      guard state.orders.mode == .running else { return 0 }
      return subscriptions.count { !state.orders.suspendedQueues.contains($0.queue) }
    }
  }

  var actualConsumers: Int { state.withLock { $0.actualConsumers } }
  var droppedAcknowledgements: Int { state.withLock { $0.droppedAcknowledgements } }
}

extension ConsumerControl.Settlement {
  fileprivate var isHandBack: Bool {
    if case .handBack = self { true } else { false }
  }
}
