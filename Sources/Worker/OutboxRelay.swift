import Contracts
import Resizing
import Storage

/// What is in the outbox and has not been confirmed by the broker: published, waiting to be, or held back.
///
/// A message leaves only by a confirm; whatever else happens to it, it is published again with the same id.
struct OutboxRelay {
  /// Committed messages by sequence, published or to be published as soon as there is a connection.
  private var unconfirmed: [Int64: OutboxMessage] = [:]
  /// Those of them that have to be published on the next connection.
  private var unsent: [Int64] = []
  /// Messages that the broker could not take or route, and when to try them again.
  private var held: [Int64: (message: OutboxMessage, retryAt: Moment)] = [:]
  /// Messages that wait until payments are no longer paused.
  private var paused: [Int64: OutboxMessage] = [:]
  private(set) var confirmed = SequenceRanges()
  private(set) var isConnected = false
  private(set) var unroutable: String?
  /// True until the switches have been read: a worker that has just started may not know yet.
  private var paymentsPaused = true

  /// How many messages the broker has not confirmed.
  var backlog: Int { unconfirmed.count + held.count + paused.count }
  /// Whether nothing is on its way that the broker could still confirm.
  var isSettled: Bool { unconfirmed.isEmpty }

  /// Takes committed messages.
  /// - Returns: What to publish now.
  mutating func add(_ messages: [OutboxMessage]) -> [OutboxMessage] {
    var ready: [OutboxMessage] = []
    ready.reserveCapacity(messages.count)
    for message in messages {
      if paymentsPaused && message.event.destination == .payments {
        paused[message.sequence] = message
      } else {
        unconfirmed[message.sequence] = message
        ready.append(message)
      }
    }
    if isConnected { return ready }
    unsent.append(contentsOf: ready.lazy.map(\.sequence))
    return []
  }

  /// - Returns: What was not sent or not confirmed on the old connection, in order, to be published on the new one.
  mutating func connected() -> [OutboxMessage] {
    isConnected = true
    defer { unsent.removeAll() }
    return unsent.sorted().compactMap { unconfirmed[$0] }
  }

  /// Takes note of a lost connection.
  /// - Parameter lost: Messages that were published and not confirmed; others are still with the publisher.
  mutating func disconnected(unconfirmed lost: [Int64]) {
    isConnected = false
    unsent += lost.filter { unconfirmed[$0] != nil }
  }

  mutating func confirm(_ sequences: [Int64]) {
    for sequence in sequences {
      let wasHeld = held.removeValue(forKey: sequence) != nil
      guard unconfirmed.removeValue(forKey: sequence) != nil || wasHeld else { continue }
      confirmed.insert(sequence)
    }
    if held.isEmpty { unroutable = nil }
  }

  /// Holds messages back that the broker did not take.
  mutating func hold(_ sequences: [Int64], until retryAt: Moment, unroutable reason: String?) {
    for sequence in sequences {
      guard let message = unconfirmed.removeValue(forKey: sequence) else { continue }
      held[sequence] = (message, retryAt)
    }
    if let reason { unroutable = reason }
  }

  /// - Returns: Held messages whose time has come, to be published again.
  mutating func retry(at now: Moment) -> [OutboxMessage] {
    guard isConnected, !held.isEmpty else { return [] }
    let due = held.values.filter { $0.retryAt <= now }.map(\.message)
    for message in due {
      held.removeValue(forKey: message.sequence)
    }
    return add(due.sorted { $0.sequence < $1.sequence })
  }

  /// Keeps what is left to wait the same.
  mutating func clockSetBack(by milliseconds: Int64) {
    held = held.mapValues { ($0.message, $0.retryAt.adding(milliseconds: -milliseconds)) }
  }

  /// Pauses or resumes payments and refunds.
  /// - Returns: What to publish now that they are no longer paused.
  mutating func setPaymentsPaused(_ isPaused: Bool) -> [OutboxMessage] {
    paymentsPaused = isPaused
    guard !isPaused, !paused.isEmpty else { return [] }
    let ready = paused.values.sorted { $0.sequence < $1.sequence }
    paused.removeAll()
    return add(ready)
  }

  /// Gives out confirmed sequences to be deleted with the next commit.
  mutating func takeConfirmed(limit: Int) -> [ClosedRange<Int64>] {
    confirmed.take(limit: limit)
  }

  mutating func restoreConfirmed(_ ranges: [ClosedRange<Int64>]) {
    confirmed.restore(ranges)
  }

  /// Forgets all messages; they are in the store and come back by adoption.
  mutating func forget() {
    unconfirmed.removeAll()
    unsent.removeAll()
    held.removeAll()
    paused.removeAll()
    confirmed = SequenceRanges()
    unroutable = nil
    paymentsPaused = true
  }
}
