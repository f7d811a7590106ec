import CRabbitMQ

/// What goes before the body of a publish: the frames of its method and of its content header, as
/// they stand on the wire.
enum PublishOpening: Sendable {
  case frames([UInt8], headerByteCount: Int)
  /// The message does not fit into AMQP's fields.
  case unsendable(reason: String)

  /// - Parameter messageID: goes in place of that of the properties.
  init(
    exchange: String, routingKey: String, isMandatory: Bool,
    properties: borrowing MessageProperties, messageID: String?, bodyByteCount: Int
  ) {
    var buffer = OutputBuffer()
    let hasMethod = buffer.method(AMQP_BASIC_PUBLISH_METHOD) {
      $0.append(UInt16(0))
      guard $0.append(short: exchange), $0.append(short: routingKey) else { return false }
      $0.append(UInt8(isMandatory ? 1 : 0))
      return true
    }
    guard hasMethod else {
      self = .unsendable(reason: "not sent: exchange and routing key have room for 255 bytes each")
      return
    }
    let start = buffer.length
    guard
      buffer.contentHeader(properties, messageID: messageID, bodyByteCount: UInt64(bodyByteCount))
    else {
      self = .unsendable(reason: Self.oversizedHeader)
      return
    }
    self = .frames(buffer.bytes, headerByteCount: buffer.length - start)
  }

  static var oversizedHeader: String {
    "not sent: a property is longer than 255 bytes, or the headers are too deep or too long"
  }
}
