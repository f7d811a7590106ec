import Contracts
import Resizing
import Storage

/// What is in the outbox and has not been confirmed by the broker: published, waiting to be, or held back.
///
/// A message leaves only by a confirm; whatever else happens to it, it is published again with the same id.
struct OutboxRelay {
  /// A message that the broker did not take, and when it is tried again.
  private struct Refused {
    var message: OutboxMessage
    var retryAt: Moment
    var isUnroutable: Bool
  }

  /// Committed messages by sequence, published or to be published as soon as the broker takes some.
  private var unconfirmed: [Int64: OutboxMessage] = [:]
  /// Those of them that have to be published on the next connection, or when the broker no longer blocks.
  private var unsent: [Int64] = []
  private var refused: [Int64: Refused] = [:]
  /// How often each message was refused that has not been confirmed since.
  private var refusals: [Int64: Int] = [:]
  /// Payments and refunds that wait until they may flow.
  private var held: [Int64: OutboxMessage] = [:]
  private let retryBackOff: BackOff
  /// When the refused messages are next looked through; that takes a look at each.
  private var sweepAt = Moment(millisecondsSinceEpoch: 0)
  /// The bytes of all messages that the broker has not confirmed.
  private(set) var byteCount = 0
  private(set) var confirmed = SequenceRanges()
  private(set) var isConnected = false
  /// Why the broker takes nothing for now; nil while it does.
  private(set) var blockedReason: String?
  /// The last message that could not be routed; nil once every such message has found its way, or is
  /// held.
  private(set) var unroutable: Unroutable?
  /// How many messages wait because they could not be routed.
  private(set) var unroutableMessages = 0
  /// Messages that could not be routed and are tried again, until the broker takes them.
  private var unrouted: Set<Int64> = []
  /// The payments and refunds among them.
  private var unroutedPayments: Set<Int64> = []
  /// Held until the switches have been read: a worker that has just started may not know yet.
  private(set) var payments = PaymentsFlow.held(.unknown)
  /// How many payments may still leave as probes.
  private(set) var probesLeft = 0

  init(retryBackOff: BackOff = BackOff(baseMilliseconds: 1_000, ceilingMilliseconds: 30_000)) {
    self.retryBackOff = retryBackOff
  }

  /// How many messages the broker has not confirmed.
  var backlog: Int { unconfirmed.count + refused.count + held.count }
  /// Those of them that are held by nobody but the broker.
  var undelivered: Int { unconfirmed.count + refused.count }
  /// How many the broker may confirm at any moment.
  var inFlight: Int { canSend ? unconfirmed.count : 0 }
  var heldPayments: Int { held.count }
  /// Whether nothing is on its way that the broker could still confirm.
  var isSettled: Bool { unconfirmed.isEmpty }
  /// Whether a payment or refund would reach the payment service's queue if it were sent now.
  var canDeliverPayments: Bool {
    canSend && unroutedPayments.isEmpty
  }
  /// When the oldest message that is not confirmed was put into the outbox. Looks at all of them.
  var oldest: Moment? {
    [
      unconfirmed.values.lazy.map(\.createdAt).min(),
      refused.values.lazy.map(\.message.createdAt).min(), held.values.lazy.map(\.createdAt).min(),
    ].compactMap { $0 }.min()
  }

  /// Takes committed messages.
  /// - Returns: What to publish now.
  mutating func add(_ messages: [OutboxMessage]) -> [OutboxMessage] {
    for message in messages { byteCount += message.event.bytes.count }
    return admit(messages)
  }

  /// - Returns: Those that may leave now.
  private mutating func admit(_ messages: [OutboxMessage]) -> [OutboxMessage] {
    var ready: [OutboxMessage] = []
    ready.reserveCapacity(messages.count)
    for message in messages {
      if payments == .flowing || message.event.destination != .payments || takesProbe(message) {
        ready.append(message)
      } else {
        hold(message)
      }
    }
    return send(ready)
  }

  private mutating func hold(_ message: OutboxMessage) {
    held[message.sequence] = message
    // It is not tried again now, so whether there is a route is for the next probe to find out.
    routed(message.sequence)
  }

  /// Nothing is known any more that keeps the message from its queue.
  private mutating func routed(_ sequence: Int64) {
    guard unrouted.remove(sequence) != nil else { return }
    unroutedPayments.remove(sequence)
    if unrouted.isEmpty { unroutable = nil }
  }

  private mutating func send(_ messages: [OutboxMessage]) -> [OutboxMessage] {
    for message in messages { unconfirmed[message.sequence] = message }
    if canSend { return messages }
    unsent.append(contentsOf: messages.lazy.map(\.sequence))
    return []
  }

  /// What is handed on can no longer be held back, so while nothing leaves it stays here.
  private var canSend: Bool { isConnected && blockedReason == nil }

  /// - Returns: What waited for the broker, in order, to be published now.
  private mutating func takeUnsent() -> [OutboxMessage] {
    guard canSend else { return [] }
    defer { unsent.removeAll() }
    return unsent.sorted().compactMap { unconfirmed[$0] }
  }

  /// Holds the payments and refunds that wait for the broker: they may not leave as soon as it is there.
  private mutating func holdUnsentPayments() {
    var others: [Int64] = []
    for sequence in unsent {
      if let message = unconfirmed[sequence], message.event.isForPayments {
        unconfirmed[sequence] = nil
        hold(message)
      } else {
        others.append(sequence)
      }
    }
    unsent = others
  }

  /// - Returns: What was not sent or not confirmed on the old connection, in order, to be published on the new one.
  mutating func connected() -> [OutboxMessage] {
    isConnected = true
    blockedReason = nil
    return takeUnsent()
  }

  /// Takes note of a lost connection.
  /// - Parameter lost: Messages that were published and not confirmed; others are still with the publisher.
  mutating func disconnected(unconfirmed lost: [Int64]) {
    isConnected = false
    blockedReason = nil
    unsent += lost.filter { unconfirmed[$0] != nil }
    if payments != .flowing { holdUnsentPayments() }
  }

  /// Takes note of whether the broker takes anything, and why not.
  /// - Returns: What to publish now.
  mutating func blocked(_ reason: String?) -> [OutboxMessage] {
    blockedReason = reason
    return takeUnsent()
  }

  mutating func confirm(_ sequences: [Int64]) {
    for sequence in sequences {
      let wasRefused = refused.isEmpty ? nil : takeRefused(sequence)
      guard let message = unconfirmed.removeValue(forKey: sequence) ?? wasRefused else { continue }
      byteCount -= message.event.bytes.count
      if !refusals.isEmpty {
        refusals[sequence] = nil
        routed(sequence)
      }
      confirmed.insert(sequence)
    }
  }

  /// Holds messages back that the broker did not take, each for a growing time.
  /// - Parameter reason: What the broker says where it has no queue for them; nil where it may take
  ///   them another time.
  mutating func refuse(_ sequences: [Int64], at now: Moment, unroutable reason: String?) {
    for sequence in sequences {
      guard let message = unconfirmed.removeValue(forKey: sequence) else { continue }
      let attempt = refusals[sequence, default: 0] + 1
      refusals[sequence] = attempt
      let wait = retryBackOff.wait(afterAttempt: attempt, key: message.event.id)
      refused[sequence] = Refused(
        message: message, retryAt: now.adding(milliseconds: wait), isUnroutable: reason != nil)
      guard let reason else {
        // A queue has it, and takes it another time.
        routed(sequence)
        continue
      }
      unroutableMessages += 1
      unrouted.insert(sequence)
      if message.event.isForPayments, !message.isVoid {
        unroutedPayments.insert(sequence)
      }
      unroutable = Unroutable(
        destination: message.event.destination, routingKey: message.event.routingKey,
        reason: reason)
    }
  }

  /// - Returns: Refused messages whose time has come, to be published again.
  mutating func retry(at now: Moment) -> [OutboxMessage] {
    guard canSend, !refused.isEmpty, sweepAt <= now else { return [] }
    sweepAt = now.adding(milliseconds: max(retryBackOff.baseMilliseconds / 4, 1))
    let due = refused.values.filter { $0.retryAt <= now }.map(\.message)
    for message in due { takeRefused(message.sequence) }
    return admit(due.sorted { $0.sequence < $1.sequence })
  }

  /// Keeps what is left to wait the same.
  mutating func clockSetBack(by milliseconds: Int64) {
    sweepAt = sweepAt.adding(milliseconds: -milliseconds)
    refused = refused.mapValues { refused in
      var refused = refused
      refused.retryAt = refused.retryAt.adding(milliseconds: -milliseconds)
      return refused
    }
  }

  @discardableResult
  private mutating func takeRefused(_ sequence: Int64) -> OutboxMessage? {
    guard let refused = refused.removeValue(forKey: sequence) else { return nil }
    if refused.isUnroutable { unroutableMessages -= 1 }
    return refused.message
  }

  /// Holds payments and refunds, lets some of them through, or all.
  /// - Returns: What to publish now.
  mutating func setPayments(_ flow: PaymentsFlow, probes: Int) -> [OutboxMessage] {
    guard flow != payments else { return [] }
    payments = flow
    probesLeft = flow == .probing ? probes : 0
    if flow != .flowing { holdUnsentPayments() }
    guard !held.isEmpty, flow == .probing || flow == .flowing else { return [] }
    let messages = held.values.sorted { $0.sequence < $1.sequence }
    guard flow == .flowing || !messages.allSatisfy(\.isVoid) else {
      // Nobody's answer will ever let them go: a few leave each time.
      let leaving = messages.prefix(probes)
      for message in leaving { held[message.sequence] = nil }
      return send(Array(leaving))
    }
    held.removeAll()
    return admit(messages)
  }

  /// Whether a message leaves as a probe. To void a payment is none: it is not answered.
  private mutating func takesProbe(_ message: OutboxMessage) -> Bool {
    guard probesLeft > 0, !message.isVoid else { return false }
    probesLeft -= 1
    return true
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
    refused.removeAll()
    refusals.removeAll()
    held.removeAll()
    byteCount = 0
    confirmed = SequenceRanges()
    unroutable = nil
    unroutableMessages = 0
    unrouted.removeAll()
    unroutedPayments.removeAll()
    payments = .held(.unknown)
    probesLeft = 0
  }
}

/// A message that the broker has no queue for.
public struct Unroutable: Sendable, Equatable {
  public var destination: Destination
  public var routingKey: String
  /// What the broker said.
  public var reason: String

  public init(destination: Destination, routingKey: String, reason: String) {
    self.destination = destination
    self.routingKey = routingKey
    self.reason = reason
  }
}

extension OutboxMessage {
  fileprivate var isVoid: Bool { event.type == EventType.paymentVoidRequested.rawValue }
}
