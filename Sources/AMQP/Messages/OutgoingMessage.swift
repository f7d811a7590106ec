/// One message to publish.
///
/// A place in a batch, whose messages lie encoded one behind the other (``OutgoingBatch``): copied from hand to hand until it is
/// confirmed, it takes one reference to count.
public struct OutgoingMessage: Sendable {
  let batch: EncodedBatch
  let index: Int

  /// A message that does not fit into AMQP's fields can be made and published: it comes back in
  /// ``PublisherEvent/returned(_:)`` with the reason.
  public init(
    token: UInt64, exchange: String, routingKey: String, isMandatory: Bool = true,
    properties: borrowing MessageProperties = MessageProperties(), body: [UInt8]
  ) {
    var batch = OutgoingBatch()
    var routingKey = routingKey
    routingKey.withUTF8 { routingKey in
      body.withUnsafeBufferPointer { body in
        batch.append(
          token: token, exchange: exchange, routingKey: routingKey, isMandatory: isMandatory,
          body: body
        ) { $0.append(properties) }
      }
    }
    self.init(batch: batch.encoded(), index: 0)
  }

  init(batch: EncodedBatch, index: Int) {
    self.batch = batch
    self.index = index
  }

  /// The caller's name for this message in ``PublisherEvent``s. Unique among those in flight.
  public var token: UInt64 { batch.entries[index].token }
  /// The exchange; empty is the default exchange, which routes by the name of a queue.
  public var exchange: String { batch.exchanges[batch.entries[index].exchange] }
  /// Whether the broker must say so if no queue takes it.
  ///
  /// AMQP gives a returned message no number: it is recognised by exchange, routing key and message id, which should be unique among
  /// the mandatory messages in flight. A mandatory message without one is given one made of its token.
  public var isMandatory: Bool { batch.entries[index].isMandatory }
  public var body: [UInt8] { batch.withBody(of: index) { Array($0) } }
  /// Why it cannot be sent; nil where it can.
  var unsendable: String? { batch.unsendable[index] }

  /// Whether a returned message may be this one.
  func isAddressed(to exchange: String, _ routingKey: String, messageID: String?) -> Bool {
    self.exchange == exchange && batch.text(batch.entries[index].routingKey) == routingKey
      && batch.entries[index].messageID.map(batch.text) == messageID
  }
}
