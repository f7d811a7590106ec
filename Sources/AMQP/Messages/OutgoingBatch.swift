import CRabbitMQ

/// Messages that are to be published together: each is encoded when it is appended, in one piece of memory for all.
///
/// A worker publishes hundreds at once; as values with their texts, each of them would be made, counted and freed a dozen times.
public struct OutgoingBatch: ~Copyable {
  private var writer: PropertyWriter
  private var entries: [EncodedBatch.Entry] = []
  private var exchanges: [String] = []
  private var unsendable: [Int: String] = [:]

  /// - Parameters:
  ///   - count: How many messages there will be.
  ///   - byteCount: How long their bodies and texts will be, all together; it need not be exact.
  public init(count: Int = 1, byteCount: Int = 0) {
    writer = PropertyWriter(OutputBuffer(capacity: byteCount + 256 * count))
    entries.reserveCapacity(count)
  }

  /// Appends a message.
  ///
  /// One that does not fit into AMQP's fields comes back in ``PublisherEvent/returned(_:)`` with the reason.
  /// - Parameters:
  ///   - routingKey: UTF-8.
  ///   - writeProperties: Writes what its properties say, in the order of the protocol.
  public mutating func append(
    token: UInt64, exchange: String, routingKey: UnsafeBufferPointer<UInt8>,
    isMandatory: Bool = true, body: UnsafeBufferPointer<UInt8>,
    _ writeProperties: (inout PropertyWriter) -> Void
  ) {
    var entry = EncodedBatch.Entry(
      token: token, exchange: index(of: exchange), isMandatory: isMandatory,
      start: writer.buffer.length)
    if let reason = write(&entry, exchange, routingKey, body.count, writeProperties) {
      writer.buffer.rollBack(to: entry.start)
      unsendable[entries.count] = reason
      entry.openingEnd = entry.start
    } else {
      writer.buffer.append(UnsafeRawBufferPointer(body))
    }
    entry.end = writer.buffer.length
    entries.append(entry)
  }

  /// - Returns: Why it cannot be sent.
  private mutating func write(
    _ entry: inout EncodedBatch.Entry, _ exchange: String, _ routingKey: UnsafeBufferPointer<UInt8>,
    _ bodyByteCount: Int, _ writeProperties: (inout PropertyWriter) -> Void
  ) -> String? {
    var hasMethod = false
    let method = writer.buffer.beginFrame(UInt8(AMQP_FRAME_METHOD))
    writer.buffer.append(UInt32(AMQP_BASIC_PUBLISH_METHOD))
    writer.buffer.append(UInt16(0))
    if writer.buffer.append(short: exchange) {
      entry.routingKey = writer.buffer.length + 1..<writer.buffer.length + 1 + routingKey.count
      hasMethod = writer.buffer.append(short: routingKey)
    }
    guard hasMethod else {
      return "not sent: exchange and routing key have room for 255 bytes each"
    }
    writer.buffer.append(UInt8(entry.isMandatory ? 1 : 0))
    writer.buffer.endFrame(method)
    let header = writer.buffer.length
    let frame = writer.buffer.beginFrame(UInt8(AMQP_FRAME_HEADER))
    writer.buffer.append(UInt16(AMQP_BASIC_CLASS))
    writer.buffer.append(UInt16(0))
    writer.buffer.append(UInt64(bodyByteCount))
    writer.begin(tokenForID: entry.isMandatory ? entry.token : nil)
    writeProperties(&writer)
    writer.end()
    guard writer.fits else { return Self.oversizedHeader }
    entry.messageID = writer.messageID
    writer.buffer.endFrame(frame)
    entry.openingEnd = writer.buffer.length
    entry.headerByteCount = writer.buffer.length - header
    return nil
  }

  private mutating func index(of exchange: String) -> Int {
    if let index = exchanges.firstIndex(of: exchange) { return index }
    exchanges.append(exchange)
    return exchanges.count - 1
  }

  static var oversizedHeader: String {
    "not sent: a property is longer than 255 bytes, or the headers are too deep or too long"
  }

  /// Ends the batch.
  public consuming func messages() -> [OutgoingMessage] {
    let batch = encoded()
    return batch.entries.indices.map { OutgoingMessage(batch: batch, index: $0) }
  }

  consuming func encoded() -> EncodedBatch {
    EncodedBatch(
      buffer: writer.buffer, entries: entries, exchanges: exchanges, unsendable: unsendable)
  }
}

/// A batch that is whole.
final class EncodedBatch: @unchecked Sendable {
  struct Entry {
    var token: UInt64
    /// Its place in the exchanges of the batch.
    var exchange: Int
    var isMandatory: Bool
    /// Where its opening begins: the frames of its method and of its content header, as they stand on the wire.
    var start: Int
    /// Where its opening ends and its body begins.
    var openingEnd = 0
    /// Where its body ends.
    var end = 0
    var headerByteCount = 0
    var routingKey = 0..<0
    var messageID: Range<Int>?
  }

  // sound: not written any more once the batch is made, and freed with it.
  private let buffer: OutputBuffer
  let entries: [Entry]
  let exchanges: [String]
  /// Why messages cannot be sent, by their place.
  let unsendable: [Int: String]

  init(
    buffer: consuming OutputBuffer, entries: [Entry], exchanges: [String],
    unsendable: [Int: String]
  ) {
    self.buffer = buffer
    self.entries = entries
    self.exchanges = exchanges
    self.unsendable = unsendable
  }

  /// Lends what is sent before the body of a message.
  func withOpening<Result>(
    of index: Int, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    let entry = entries[index]
    return buffer.withBytes(entry.start..<entry.openingEnd, body)
  }

  func withBody<Result>(of index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let entry = entries[index]
    return buffer.withBytes(entry.openingEnd..<entry.end, body)
  }

  func text(_ range: Range<Int>) -> String {
    buffer.withBytes(range) { String(decoding: $0, as: UTF8.self) }
  }
}
