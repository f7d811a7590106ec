/// One message that a queue handed to a consumer.
public struct Delivery: Sendable, Hashable {
  /// The queue it was consumed from.
  public var queue: String
  /// The broker's number for this delivery, counted from 1 within its epoch.
  public var deliveryTag: UInt64
  /// The connection it came on. An acknowledgement of an older epoch is dropped.
  public var epoch: UInt64
  /// Whether the broker may have delivered it before.
  public var isRedelivered: Bool
  public var exchange: String
  public var routingKey: String
  public var properties: MessageProperties
  /// How many bytes the body has, kept or not.
  public var bodyByteCount: UInt64
  /// The body; `nil` if it is longer than ``ConnectionSettings/longestBodyByteCount``.
  public var body: [UInt8]?

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
