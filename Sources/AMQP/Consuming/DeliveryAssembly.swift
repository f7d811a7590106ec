import CRabbitMQ

/// Puts a delivery together from its method, its header, and the frames of its body.
struct DeliveryAssembly {
  private var delivery: Delivery?
  private var body: [UInt8] = []
  private var hasHeader = false
  private var missing: UInt64 = 0
  private let longestBodyByteCount: Int

  init(longestBodyByteCount: Int) {
    self.longestBodyByteCount = longestBodyByteCount
  }

  /// A delivery begins; its content follows.
  mutating func begin(_ delivery: Delivery) {
    self.delivery = delivery
    hasHeader = false
  }

  /// The header came. A body longer than the cap is read past, not kept.
  mutating func header(
    _ properties: amqp_basic_properties_t, bodyByteCount: UInt64
  ) throws(AMQPError) -> Delivery? {
    guard delivery != nil, !hasHeader else { throw Self.outOfTurn }
    hasHeader = true
    missing = bodyByteCount
    delivery?.properties = MessageProperties(properties)
    delivery?.bodyByteCount = bodyByteCount
    return bodyByteCount == 0 ? finish() : nil
  }

  mutating func body(_ fragment: UnsafeRawBufferPointer) throws(AMQPError) -> Delivery? {
    guard hasHeader, delivery != nil, UInt64(fragment.count) <= missing else {
      throw Self.outOfTurn
    }
    if isKept {
      if body.isEmpty, missing > UInt64(fragment.count) { body.reserveCapacity(Int(missing)) }
      body.append(contentsOf: fragment)
    }
    missing -= UInt64(fragment.count)
    return missing == 0 ? finish() : nil
  }

  private var isKept: Bool {
    (delivery?.bodyByteCount ?? 0) <= UInt64(longestBodyByteCount)
  }

  private mutating func finish() -> Delivery? {
    // Moved out, not copied: a delivery has a dozen references to count.
    let isKept = isKept
    var finished = delivery.take()
    finished?.body = isKept ? body : nil
    body = []
    return finished
  }

  private static let outOfTurn = AMQPError(
    .protocolViolation, "The broker sent the parts of a message out of turn. Please report this.")
}
