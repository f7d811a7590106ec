/// One message to publish.
public struct OutgoingMessage: Sendable, Hashable {
  /// The caller's name for this message in ``PublisherEvent``s. Unique among those in flight.
  public var token: UInt64
  /// The exchange; empty is the default exchange, which routes by the name of a queue.
  public var exchange: String
  public var routingKey: String
  /// Whether the broker must say so if no queue takes it.
  ///
  /// AMQP gives a returned message no number: it is recognised by exchange, routing key and
  /// ``MessageProperties/messageID``, which should be unique among the mandatory messages in
  /// flight. Where it is missing, the publisher fills one in.
  public var isMandatory: Bool
  public var properties: MessageProperties
  public var body: [UInt8]

  public init(
    token: UInt64, exchange: String, routingKey: String, isMandatory: Bool = true,
    properties: MessageProperties = MessageProperties(), body: [UInt8]
  ) {
    self.token = token
    self.exchange = exchange
    self.routingKey = routingKey
    self.isMandatory = isMandatory
    self.properties = properties
    self.body = body
  }
}
