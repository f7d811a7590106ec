/// One message to publish.
///
/// A value that is shared, not copied, from hand to hand until it is confirmed. What goes before its
/// body is encoded once, when it is made.
public final class OutgoingMessage: Sendable {
  /// The caller's name for this message in ``PublisherEvent``s. Unique among those in flight.
  public let token: UInt64
  /// The exchange; empty is the default exchange, which routes by the name of a queue.
  public let exchange: String
  public let routingKey: String
  /// Whether the broker must say so if no queue takes it.
  ///
  /// AMQP gives a returned message no number: it is recognised by exchange, routing key and
  /// ``messageID``, which should be unique among the mandatory messages in flight.
  public let isMandatory: Bool
  /// What its properties say; a mandatory message without one is given one made of its token.
  public let messageID: String?
  public let body: [UInt8]
  /// The frames before those of the body, or why there are none.
  let opening: PublishOpening

  /// A message that does not fit into AMQP's fields can be made and published: it comes back in
  /// ``PublisherEvent/returned(_:)`` with the reason.
  public init(
    token: UInt64, exchange: String, routingKey: String, isMandatory: Bool = true,
    properties: borrowing MessageProperties = MessageProperties(), body: [UInt8]
  ) {
    self.token = token
    self.exchange = exchange
    self.routingKey = routingKey
    self.isMandatory = isMandatory
    messageID = properties.messageID ?? (isMandatory ? "token-\(token)" : nil)
    self.body = body
    opening = PublishOpening(
      exchange: exchange, routingKey: routingKey, isMandatory: isMandatory, properties: properties,
      messageID: messageID, bodyByteCount: body.count)
  }
}
