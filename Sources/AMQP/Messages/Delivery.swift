/// One message that a queue handed to a consumer.
///
/// A value that is shared, not copied, from hand to hand: it has two dozen references to count.
public final class Delivery: Sendable {
  /// The queue it was consumed from.
  public let queue: String
  /// The broker's number for this delivery, counted from 1 within its epoch.
  public let deliveryTag: UInt64
  /// The connection it came on. An acknowledgement of an older epoch is dropped.
  public let epoch: UInt64
  /// Whether the broker may have delivered it before.
  public let isRedelivered: Bool
  public let exchange: String
  public let routingKey: String
  public let properties: MessageProperties
  /// How many bytes the body has, kept or not.
  public let bodyByteCount: UInt64
  /// The body; `nil` if it is longer than ``ConnectionSettings/longestBodyByteCount``.
  public let body: [UInt8]?

  public init(
    queue: String, deliveryTag: UInt64, epoch: UInt64, isRedelivered: Bool, exchange: String,
    routingKey: String, properties: MessageProperties, bodyByteCount: UInt64, body: [UInt8]?
  ) {
    self.queue = queue
    self.deliveryTag = deliveryTag
    self.epoch = epoch
    self.isRedelivered = isRedelivered
    self.exchange = exchange
    self.routingKey = routingKey
    self.properties = properties
    self.bodyByteCount = bodyByteCount
    self.body = body
  }

  /// How often a quorum queue delivered it without success before (`x-delivery-count`).
  public var deliveryCount: Int {
    properties.headers["x-delivery-count"]?.int.map { Int(clamping: $0) } ?? 0
  }

  /// Whether the queue counts deliveries: from RabbitMQ 4.3 on a message that was only handed back
  /// has an `x-acquired-count` and no failed delivery, a classic queue counts neither.
  public var isCounted: Bool {
    properties.headers["x-delivery-count"] != nil || properties.headers["x-acquired-count"] != nil
  }
}
