import Synchronization

/// What has happened to a worker and its core has not been told yet: put in from any thread, taken out by one reader.
///
/// The reader is woken only for what cannot wait, so that under load one wake tells of many deliveries and confirms. Nothing bounds it
/// but what bounds the events: the prefetch, and the messages in flight.
public final class EventMailbox: Sendable {
  private struct State {
    var pending = PendingEvents()
    var patience = EventPatience.none
    var reader: CheckedContinuation<Void, Never>?
    var isAbandoned = false

    /// The reader, if it is to be woken now.
    mutating func wake() -> CheckedContinuation<Void, Never>? {
      guard isAbandoned || !pending.canWait(patience) else { return nil }
      defer { reader = nil }
      return reader
    }
  }

  private let state = Mutex(State())

  public init() {}

  /// Never blocks for longer than it takes to append.
  public func put(_ event: WorkerEvent) {
    let reader = state.withLock { state in
      state.pending.append(event)
      return state.wake()
    }
    reader?.resume()
  }

  /// Waits for what cannot wait any longer.
  /// - Returns: Everything that has come, in order; nothing if the waiting task is canceled.
  func take(_ patience: EventPatience) async -> [WorkerEvent] {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let reader = state.withLock { state in
          state.patience = patience
          state.reader = continuation
          return state.wake()
        }
        reader?.resume()
      }
    } onCancel: {
      let reader = state.withLock { state in
        state.isAbandoned = true
        return state.wake()
      }
      reader?.resume()
    }
    return state.withLock { $0.isAbandoned ? [] : $0.pending.takeAll() }
  }
}

/// How many events of the frequent kinds may wait until something else happens.
struct EventPatience: Sendable, Equatable {
  /// Wakes as soon as there are so many deliveries.
  var deliveries: Int
  /// Wakes as soon as there are so many confirmed messages.
  var confirms: Int

  static let none = EventPatience(deliveries: 1, confirms: 1)
}

/// Events in the order in which they came, and whether they can wait.
struct PendingEvents: Sendable {
  private var events: [WorkerEvent] = []
  private var deliveries = 0
  private var confirms = 0
  private var isPressing = false

  mutating func append(_ event: WorkerEvent) {
    events.append(event)
    switch event {
    case .intake(.deliveries(let messages)): deliveries += messages.count
    case .relay(.confirmed(let sequences)): confirms += sequences.count
    default: isPressing = true
    }
  }

  func canWait(_ patience: EventPatience) -> Bool {
    !isPressing && deliveries < patience.deliveries && confirms < patience.confirms
  }

  mutating func takeAll() -> [WorkerEvent] {
    defer { self = PendingEvents() }
    return events
  }
}
