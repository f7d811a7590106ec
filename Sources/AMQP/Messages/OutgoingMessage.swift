/// One message to publish.
///
/// What it says is written when it is sent, straight into what goes to the socket, by whoever published it (``OutgoingBatch``). A value
/// that takes one reference to count, from hand to hand until it is confirmed.
public struct OutgoingMessage: Sendable {
  /// The caller's name for this message in ``PublisherEvent``s. Unique among those in flight.
  public let token: UInt64
  /// Whether the broker must say so if no queue takes it.
  ///
  /// AMQP gives a returned message no number: it is recognised by exchange, routing key and message id, which should be unique among
  /// the mandatory messages in flight. A mandatory message without one is given one made of its token.
  public let isMandatory: Bool
  private let index: Int
  private let batch: any OutgoingBatch

  /// - Parameters:
  ///   - index: Which message of the batch it is.
  public init(token: UInt64, isMandatory: Bool, index: Int, of batch: any OutgoingBatch) {
    self.token = token
    self.isMandatory = isMandatory
    self.index = index
    self.batch = batch
  }

  /// A message that does not fit into AMQP's fields can be made and published: it comes back in
  /// ``PublisherEvent/returned(_:)`` with the reason.
  public init(
    token: UInt64, exchange: String, routingKey: String, isMandatory: Bool = true,
    properties: MessageProperties = MessageProperties(), body: [UInt8]
  ) {
    self.init(
      token: token, isMandatory: isMandatory, index: 0,
      of: SingleMessage(
        exchange: exchange, routingKey: routingKey, properties: properties, body: body))
  }

  /// What it says. Writes it once more: for the few that are asked.
  public var written: WrittenMessage { WrittenMessage(self) }

  func write(to writer: inout MessageWriter) {
    writer.begin(isMandatory: isMandatory, tokenForID: isMandatory ? token : nil)
    batch.write(index, to: &writer)
  }
}

/// Messages that are published together.
public protocol OutgoingBatch: AnyObject, Sendable {
  /// Writes one of its messages with one call of ``MessageWriter/publish(to:routingKey:body:_:)``, always the same.
  ///
  /// Called on the publisher's thread, each time that the message is sent.
  func write(_ index: Int, to writer: inout MessageWriter)
}

/// A batch of one, whose parts are values.
private final class SingleMessage: OutgoingBatch {
  private let exchange: String
  private let routingKey: String
  private let properties: MessageProperties
  private let body: [UInt8]

  init(exchange: String, routingKey: String, properties: MessageProperties, body: [UInt8]) {
    self.exchange = exchange
    self.routingKey = routingKey
    self.properties = properties
    self.body = body
  }

  func write(_ index: Int, to writer: inout MessageWriter) {
    var routingKey = routingKey
    routingKey.withUTF8 { routingKey in
      body.withUnsafeBufferPointer { body in
        writer.publish(to: exchange, routingKey: routingKey, body: body) { $0.append(properties) }
      }
    }
  }
}

/// What a message says; of one that cannot be sent, nothing.
public struct WrittenMessage: Sendable, Equatable {
  public private(set) var exchange = ""
  public private(set) var routingKey = ""
  public private(set) var messageID: String?
  public private(set) var body: [UInt8] = []

  fileprivate init(_ message: OutgoingMessage) {
    var writer = MessageWriter(OutputBuffer(), frameMax: .max)
    message.write(to: &writer)
    guard writer.refusal == nil else { return }
    exchange = writer.text(writer.exchange)
    routingKey = writer.text(writer.routingKey)
    messageID = writer.messageID.map { writer.text($0) }
    body = writer.buffer.withBytes(writer.body) { Array($0) }
  }
}
