import CRabbitMQ

/// Writes one message as the frames that are sent of it: its method, its content header, and its body.
///
/// Properties are written in the order of the protocol (AMQP 0-9-1, class `basic`), which is that of the functions here; what is not said
/// is left out. The texts are UTF-8; where one is longer than 255 bytes the message cannot be sent.
public struct MessageWriter: ~Copyable {
  var buffer: OutputBuffer
  private let frameMax: Int
  private var isMandatory = false
  private var tokenForID: UInt64?
  private var flags: Int32 = 0
  private var flagsStart = 0
  private var headersStart = 0
  private var fits = true
  /// Why the message cannot be sent; then nothing of it was written.
  private(set) var refusal: String?
  /// Where parts of the message stand in the buffer.
  private(set) var exchange = 0..<0
  private(set) var routingKey = 0..<0
  private(set) var messageID: Range<Int>?
  private(set) var body = 0..<0

  init(_ buffer: consuming OutputBuffer, frameMax: Int) {
    self.buffer = buffer
    self.frameMax = frameMax
  }

  /// Before each message.
  /// - Parameter tokenForID: What its id is made of where none is written; nil where it needs none.
  mutating func begin(isMandatory: Bool, tokenForID: UInt64?) {
    self.isMandatory = isMandatory
    self.tokenForID = tokenForID
    (flags, fits, refusal, messageID) = (0, true, nil, nil)
  }

  /// Writes the message.
  ///
  /// One that does not fit into AMQP's fields comes back in ``PublisherEvent/returned(_:)`` with the reason.
  /// - Parameters:
  ///   - exchange: Empty is the default exchange, which routes by the name of a queue.
  ///   - writeProperties: Writes what its properties say.
  public mutating func publish(
    to exchange: String, routingKey: UnsafeBufferPointer<UInt8>, body: UnsafeBufferPointer<UInt8>,
    _ writeProperties: (inout MessageWriter) -> Void
  ) {
    let start = buffer.length
    if !writeMethod(exchange, routingKey) {
      refusal = "not sent: exchange and routing key have room for 255 bytes each"
    } else if !writeHeader(bodyByteCount: body.count, writeProperties) {
      refusal =
        "not sent: a property is longer than 255 bytes, or the headers are too deep or too long"
    }
    guard refusal == nil else { return buffer.rollBack(to: start) }
    writeBody(UnsafeRawBufferPointer(body))
  }

  private mutating func writeMethod(
    _ exchange: String, _ routingKey: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    let frame = buffer.beginFrame(UInt8(AMQP_FRAME_METHOD))
    buffer.append(UInt32(AMQP_BASIC_PUBLISH_METHOD))
    buffer.append(UInt16(0))
    let start = buffer.length + 1
    guard buffer.append(short: exchange) else { return false }
    self.exchange = start..<buffer.length
    guard buffer.append(short: routingKey) else { return false }
    self.routingKey = self.exchange.upperBound + 1..<buffer.length
    buffer.append(UInt8(isMandatory ? 1 : 0))
    buffer.endFrame(frame)
    return true
  }

  private mutating func writeHeader(
    bodyByteCount: Int, _ writeProperties: (inout MessageWriter) -> Void
  ) -> Bool {
    let frame = buffer.beginFrame(UInt8(AMQP_FRAME_HEADER))
    buffer.append(UInt16(AMQP_BASIC_CLASS))
    buffer.append(UInt16(0))
    buffer.append(UInt64(bodyByteCount))
    flagsStart = buffer.length
    buffer.append(UInt16(0))
    writeProperties(&self)
    writeMissingID()
    buffer.set(UInt16(truncatingIfNeeded: flags), at: flagsStart)
    buffer.endFrame(frame)
    return fits && buffer.length - frame <= frameMax
  }

  private mutating func writeBody(_ body: UnsafeRawBufferPointer) {
    let room = frameMax - OutputBuffer.frameOverhead
    var rest = body[...]
    while !rest.isEmpty {
      let frame = buffer.beginFrame(UInt8(AMQP_FRAME_BODY))
      let start = buffer.length
      buffer.append(UnsafeRawBufferPointer(rebasing: rest.prefix(room)))
      self.body = start..<buffer.length
      buffer.endFrame(frame)
      rest = rest.dropFirst(room)
    }
  }

  func text(_ range: Range<Int>) -> String {
    buffer.withBytes(range) { String(decoding: $0, as: UTF8.self) }
  }
}

// Properties.
extension MessageWriter {
  public mutating func contentType(_ text: UnsafeBufferPointer<UInt8>) {
    write(text, AMQP_BASIC_CONTENT_TYPE_FLAG)
  }

  /// Begins the headers, which are all texts.
  public mutating func beginHeaders() {
    note(AMQP_BASIC_HEADERS_FLAG)
    headersStart = buffer.length
    buffer.append(UInt32(0))
  }

  public mutating func header(
    _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>
  ) {
    if !buffer.append(short: name) { fits = false }
    buffer.append(UInt8(AMQP_FIELD_KIND_UTF8.rawValue))
    buffer.append(UInt32(truncatingIfNeeded: value.count))
    buffer.append(UnsafeRawBufferPointer(value))
  }

  public mutating func header(_ name: StaticString, _ value: UnsafeBufferPointer<UInt8>) {
    header(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), value)
  }

  /// Ends them; where there were none, they are left out.
  public mutating func endHeaders() {
    if buffer.length == headersStart + 4 {
      buffer.rollBack(to: headersStart)
      flags &= ~AMQP_BASIC_HEADERS_FLAG
    } else {
      buffer.setLength(at: headersStart, from: headersStart + 4)
    }
  }

  /// Whether the message survives a restart of the broker (`delivery_mode`).
  public mutating func persistence(_ isPersistent: Bool) {
    note(AMQP_BASIC_DELIVERY_MODE_FLAG)
    buffer.append(UInt8(isPersistent ? 2 : 1))
  }

  public mutating func correlationID(_ text: UnsafeBufferPointer<UInt8>) {
    write(text, AMQP_BASIC_CORRELATION_ID_FLAG)
  }

  public mutating func messageID(_ text: UnsafeBufferPointer<UInt8>) {
    write(text, AMQP_BASIC_MESSAGE_ID_FLAG)
    messageID = buffer.length - text.count..<buffer.length
  }

  /// Seconds since 1970.
  public mutating func timestamp(_ seconds: UInt64) {
    note(AMQP_BASIC_TIMESTAMP_FLAG)
    buffer.append(seconds)
  }

  public mutating func type(_ text: UnsafeBufferPointer<UInt8>) {
    write(text, AMQP_BASIC_TYPE_FLAG)
  }

  public mutating func appID(_ text: String) { write(text, AMQP_BASIC_APP_ID_FLAG) }

  /// Writes all that they say, and nothing else.
  mutating func append(_ properties: borrowing MessageProperties) {
    write(properties.contentType, AMQP_BASIC_CONTENT_TYPE_FLAG)
    write(properties.contentEncoding, AMQP_BASIC_CONTENT_ENCODING_FLAG)
    if !properties.headers.isEmpty {
      note(AMQP_BASIC_HEADERS_FLAG)
      if !buffer.append(properties.headers) { fits = false }
    }
    persistence(properties.isPersistent)
    if let priority = properties.priority {
      note(AMQP_BASIC_PRIORITY_FLAG)
      buffer.append(priority)
    }
    write(properties.correlationID, AMQP_BASIC_CORRELATION_ID_FLAG)
    write(properties.replyTo, AMQP_BASIC_REPLY_TO_FLAG)
    write(properties.expiration, AMQP_BASIC_EXPIRATION_FLAG)
    if let id = properties.messageID { write(id: id) }
    if let timestamp = properties.timestamp { self.timestamp(timestamp) }
    write(properties.type, AMQP_BASIC_TYPE_FLAG)
    write(properties.userID, AMQP_BASIC_USER_ID_FLAG)
    write(properties.appID, AMQP_BASIC_APP_ID_FLAG)
  }

  private mutating func write(_ text: UnsafeBufferPointer<UInt8>, _ flag: Int32) {
    note(flag)
    if !buffer.append(short: text) { fits = false }
  }

  private mutating func write(_ text: String?, _ flag: Int32) {
    guard let text else { return }
    note(flag)
    if !buffer.append(short: text) { fits = false }
  }

  private mutating func write(id: String) {
    write(id, AMQP_BASIC_MESSAGE_ID_FLAG)
    messageID = buffer.length - id.utf8.count..<buffer.length
  }

  /// Notes that a property is there. Flags fall in the order in which properties stand.
  private mutating func note(_ flag: Int32) {
    if flag < AMQP_BASIC_MESSAGE_ID_FLAG { writeMissingID() }
    precondition(
      flags & (flag | (flag - 1)) == 0, "properties are written in the order of the protocol")
    flags |= flag
  }

  private mutating func writeMissingID() {
    guard let token = tokenForID else { return }
    tokenForID = nil
    if flags & AMQP_BASIC_MESSAGE_ID_FLAG == 0 { write(id: "token-\(token)") }
  }
}
