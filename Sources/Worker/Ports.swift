import Resizing
import Storage

/// Which of the worker's queues a message came from; it says what may be in it.
public enum IntakeQueue: String, Sendable, CaseIterable {
  case requests
  case settlements
  case applied
  case inventory
}

/// One message as it was delivered, not yet acknowledged.
///
/// A value that is shared, not copied, from hand to hand.
public final class IntakeDelivery: Sendable {
  public let queue: IntakeQueue
  /// Belongs to the connection of `epoch`: after a reconnect it means nothing.
  public let tag: UInt64
  public let epoch: UInt64
  public let redelivered: Bool
  /// How often the broker has delivered it before without success, as far as it counts.
  public let deliveryCount: Int
  /// Whether the broker counts the deliveries that failed; only then a redelivered one may have none.
  public let isCounted: Bool
  public let contentType: String?
  public let messageId: String?
  public let correlationId: String?
  public let type: String?
  public let replyTo: String?
  /// The publisher's account, vouched for by the broker.
  public let userId: String?
  public let traceparent: String?
  public let tracestate: String?
  /// What it says of the times it was a dead letter (`DeathHistory`), as it came.
  public let deathHistory: String?
  /// Nil where the body is longer than the transport takes; `bodyLength` tells how long.
  public let body: [UInt8]?
  public let bodyLength: Int

  public init(
    queue: IntakeQueue, tag: UInt64, epoch: UInt64, redelivered: Bool = false,
    deliveryCount: Int = 0, isCounted: Bool? = nil, contentType: String? = nil,
    messageId: String? = nil,
    correlationId: String? = nil, type: String? = nil, replyTo: String? = nil,
    userId: String? = nil, traceparent: String? = nil, tracestate: String? = nil,
    deathHistory: String? = nil, body: [UInt8]?, bodyLength: Int? = nil
  ) {
    self.queue = queue
    self.tag = tag
    self.epoch = epoch
    self.redelivered = redelivered
    self.deliveryCount = deliveryCount
    self.isCounted = isCounted ?? (deliveryCount > 0)
    self.contentType = contentType
    self.messageId = messageId
    self.correlationId = correlationId
    self.type = type
    self.replyTo = replyTo
    self.userId = userId
    self.traceparent = traceparent
    self.tracestate = tracestate
    self.deathHistory = deathHistory
    self.body = body
    self.bodyLength = bodyLength ?? body?.count ?? 0
  }
}

/// What comes from the consuming side of the broker.
public enum IntakeEvent: Sendable {
  case connected(epoch: UInt64)
  /// In the order of their tags.
  case deliveries([IntakeDelivery])
  /// What was delivered and not acknowledged comes again.
  case disconnected(reason: String)
}

/// The port to the queues. Calls return at once; what they ask for happens in order.
///
/// What comes of them, and what comes from the queues, goes into the worker's ``EventMailbox``.
public protocol IntakeSource: Sendable {
  /// Acknowledges every delivery of the epoch up to the tag; dropped if the epoch is over.
  func acknowledge(upTo tag: UInt64, epoch: UInt64)
  /// Refuses one delivery for good: the broker dead-letters it.
  func reject(tag: UInt64, epoch: UInt64)
  /// Stops consuming and hands back what is not acknowledged.
  func pause()
  func resume()
  /// Stops consuming the requests; what was delivered of them can still be acknowledged.
  func holdRequests()
  func takeRequests()
  /// Stops consuming; what was delivered can still be acknowledged.
  func drain()
  func close() async
}

/// What becomes of published messages; tokens are outbox sequences.
public enum RelayEvent: Sendable {
  case connected
  case disconnected(unconfirmed: [Int64], reason: String)
  case confirmed([Int64])
  /// The broker could not take responsibility; worth another try.
  case nacked([Int64])
  /// No queue is bound for them.
  case returned([Int64], reason: String)
  case blocked(reason: String)
  case unblocked
}

/// The port to the exchanges, with publisher confirms; these go into the worker's ``EventMailbox``.
public protocol RelayPublisher: Sendable {
  /// Takes messages to be published in order; returns at once.
  func publish(_ messages: [OutboxMessage])
  func close() async
}

/// The time, as the worker sees it.
public protocol WorkerClock: Sendable {
  func now() -> Moment
  /// Waits; returns early, throwing, if the task is canceled.
  func sleep(milliseconds: Int64) async throws
}
