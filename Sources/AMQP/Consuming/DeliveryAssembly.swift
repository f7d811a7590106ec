import CRabbitMQ

/// Puts a delivery together from its method, its header, and the frames of its body.
struct DeliveryAssembly {
  /// What the method says, which comes first.
  struct Beginning {
    var queue: String
    var deliveryTag: UInt64
    var epoch: UInt64
    var isRedelivered: Bool
    var exchange: String
    var routingKey: String
  }

  private var beginning: Beginning?
  private var properties: MessageProperties?
  private var recent = MessageProperties.RecentTexts()
  private var bodyByteCount: UInt64 = 0
  private var body: [UInt8] = []
  private var hasHeader = false
  private var missing: UInt64 = 0
  private let longestBodyByteCount: Int

  init(longestBodyByteCount: Int) {
    self.longestBodyByteCount = longestBodyByteCount
  }

  /// A delivery begins; its content follows.
  mutating func begin(_ beginning: Beginning) {
    self.beginning = beginning
    hasHeader = false
  }

  /// The header came. A body longer than the cap is read past, not kept.
  mutating func header(
    _ properties: amqp_basic_properties_t, bodyByteCount: UInt64
  ) throws(AMQPError) -> Delivery? {
    guard beginning != nil, !hasHeader else { throw Self.outOfTurn }
    hasHeader = true
    missing = bodyByteCount
    self.properties = MessageProperties(properties, &recent)
    self.bodyByteCount = bodyByteCount
    return bodyByteCount == 0 ? finish() : nil
  }

  mutating func body(_ fragment: UnsafeRawBufferPointer) throws(AMQPError) -> Delivery? {
    guard hasHeader, beginning != nil, UInt64(fragment.count) <= missing else {
      throw Self.outOfTurn
    }
    if isKept {
      if body.isEmpty, missing > UInt64(fragment.count) { body.reserveCapacity(Int(missing)) }
      body.append(contentsOf: fragment)
    }
    missing -= UInt64(fragment.count)
    return missing == 0 ? finish() : nil
  }

  private var isKept: Bool { bodyByteCount <= UInt64(longestBodyByteCount) }

  private mutating func finish() -> Delivery? {
    guard let beginning = beginning.take() else { return nil }
    defer { body = [] }
    return Delivery(
      queue: beginning.queue, deliveryTag: beginning.deliveryTag, epoch: beginning.epoch,
      isRedelivered: beginning.isRedelivered, exchange: beginning.exchange,
      routingKey: beginning.routingKey, properties: properties.take() ?? MessageProperties(),
      bodyByteCount: bodyByteCount, body: isKept ? body : nil)
  }

  private static let outOfTurn = AMQPError(
    .protocolViolation, "The broker sent the parts of a message out of turn. Please report this.")
}
