import Contracts
import Resizing

/// The messages of one commit as the outbox keeps them: one value instead of a row for each.
///
/// A batch sends some five hundred messages, which were as many rows of fourteen columns to insert
/// and, once confirmed, to delete. As a page they are one row each way, copied as bytes.
///
/// The format: a version byte, and a frame of LZ4 with checksums, of the messages: their number, and
/// each one's destination, texts, headers and body. Lengths and numbers are variable-length integers,
/// seven bits a byte, the low ones first.
public enum OutboxPage {
  private static let version: UInt8 = 2

  /// The messages of one page as bytes.
  ///
  /// Written twice, to the log and to the file, they were half of what a commit writes; compressed
  /// they are a tenth of that, and a changed byte is found.
  public static func encode(_ messages: ArraySlice<OutboxMessage>) -> [UInt8] {
    [version] + LZ4Frame.compress(encodePlain(messages))
  }

  /// - Throws: `PageDamage` if the bytes are not what `encode` wrote.
  public static func decode(_ bytes: [UInt8]) throws(PageDamage) -> [OutgoingEvent] {
    guard bytes.first == version else { throw PageDamage("its format is unknown") }
    return try decodePlain(LZ4Frame.decompress(bytes.dropFirst()))
  }

  /// The messages before they are compressed.
  public static func encodePlain(_ messages: ArraySlice<OutboxMessage>) -> [UInt8] {
    var writer = OutboxPageWriter(
      capacity: messages.reduce(16) { $0 + $1.event.body.count + 320 })
    writer.count(messages.count)
    for message in messages { writer.event(message.event) }
    return writer.bytes
  }

  /// - Throws: `PageDamage` if the bytes are not what `encodePlain` wrote.
  public static func decodePlain(_ bytes: [UInt8]) throws(PageDamage) -> [OutgoingEvent] {
    var reader = OutboxPageReader(bytes)
    let count = try reader.count()
    var events: [OutgoingEvent] = []
    for _ in 0..<count { events.append(try reader.event()) }
    guard reader.isAtEnd else { throw PageDamage("bytes are left over") }
    return events
  }

  /// The messages of a page that its row has from one sequence to another.
  /// - Throws: `PageDamage` if the bytes are not what `encode` wrote, or of another number of them.
  public static func decode(
    _ bytes: [UInt8], from first: Int64, to last: Int64
  ) throws(PageDamage) -> [OutgoingEvent] {
    let events = try decode(bytes)
    let (distance, overflow) = last.subtractingReportingOverflow(first)
    guard !overflow, distance >= 0, distance == events.count - 1 else {
      throw PageDamage("it holds \(events.count) messages")
    }
    return events
  }

  /// Cuts messages into those of one page each: of one owner and one time, with consecutive
  /// sequences; those of one commit are one page.
  public static func slices(of messages: [OutboxMessage]) -> [ArraySlice<OutboxMessage>] {
    var slices: [ArraySlice<OutboxMessage>] = []
    var start = messages.startIndex
    for index in messages.indices {
      let isLast = index + 1 == messages.endIndex
      guard isLast || !messages[index + 1].continues(messages[index]) else { continue }
      slices.append(messages[start...index])
      start = index + 1
    }
    return slices
  }
}

extension OutboxMessage {
  fileprivate func continues(_ other: OutboxMessage) -> Bool {
    owner == other.owner && createdAt == other.createdAt && other.sequence < .max
      && sequence == other.sequence + 1
  }
}

/// Why a page cannot be read.
public struct PageDamage: Error {
  public let explanation: String

  public init(_ explanation: String) { self.explanation = explanation }
}

private struct OutboxPageWriter {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  mutating func event(_ event: OutgoingEvent) {
    byte(event.destination.code)
    if case .reply(let queue) = event.destination { text(queue) }
    text(event.routingKey)
    text(event.id)
    text(event.type)
    text(event.contentType)
    optionalText(event.correlationId)
    optionalText(event.traceparent)
    optionalText(event.tracestate)
    count(event.headers.count)
    for header in event.headers {
      text(header.name)
      text(header.value)
    }
    count(event.body.count)
    bytes.append(contentsOf: event.body)
  }

  private mutating func byte(_ byte: UInt8) { bytes.append(byte) }

  mutating func count(_ count: Int) {
    var rest = UInt(bitPattern: count)
    while rest > 0x7f {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  private mutating func text(_ text: String) {
    // Lent without a reference counted for it; a text that is not in one piece is copied.
    if text.utf8.withContiguousStorageIfAvailable({ self.text($0) }) == nil {
      var text = text
      text.withUTF8 { self.text($0) }
    }
  }

  private mutating func text(_ characters: UnsafeBufferPointer<UInt8>) {
    count(characters.count)
    bytes.append(contentsOf: characters)
  }

  private mutating func optionalText(_ text: String?) {
    byte(text == nil ? 0 : 1)
    if let text { self.text(text) }
  }
}

private struct OutboxPageReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func event() throws(PageDamage) -> OutgoingEvent {
    let code = try byte()
    let replyQueue = code == Destination.replyCode ? try text() : ""
    guard let destination = Destination(code: code, replyQueue: replyQueue) else {
      throw PageDamage("destination \(code) is unknown")
    }
    return OutgoingEvent(
      destination: destination, routingKey: try text(), id: try text(), type: try text(),
      contentType: try text(), correlationId: try optionalText(),
      traceparent: try optionalText(), tracestate: try optionalText(), headers: try headers(),
      body: Array(try take(try count())))
  }

  private mutating func headers() throws(PageDamage) -> [OutgoingEvent.Header] {
    var headers: [OutgoingEvent.Header] = []
    for _ in 0..<(try count()) { headers.append(OutgoingEvent.Header(try text(), try text())) }
    return headers
  }

  private mutating func byte() throws(PageDamage) -> UInt8 {
    guard let byte = rest.popFirst() else { throw PageDamage("it ends too early") }
    return byte
  }

  /// At most what an `Int` holds, and never more than bytes are left: everything counted takes one.
  mutating func count() throws(PageDamage) -> Int {
    var count: UInt = 0
    var shift: UInt = 0
    while true {
      let next = try byte()
      guard shift < 35 else { throw PageDamage("a length is out of range") }
      count |= UInt(next & 0x7f) << shift
      if next < 0x80 { break }
      shift += 7
    }
    guard count <= UInt(rest.count) else { throw PageDamage("it ends too early") }
    return Int(count)
  }

  private mutating func take(_ count: Int) throws(PageDamage) -> ArraySlice<UInt8> {
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  private mutating func text() throws(PageDamage) -> String {
    guard let text = String(validating: try take(try count()), as: UTF8.self) else {
      throw PageDamage("a text is not UTF-8")
    }
    return text
  }

  private mutating func optionalText() throws(PageDamage) -> String? {
    switch try byte() {
    case 0: nil
    case 1: try text()
    default: throw PageDamage("a text is neither there nor missing")
    }
  }
}

extension Destination {
  fileprivate static let replyCode: UInt8 = 1

  fileprivate var code: UInt8 {
    switch self {
    case .results: 0
    case .reply: Self.replyCode
    case .payments: 2
    case .commands: 3
    case .metering: 4
    case .deadLetters: 5
    }
  }

  fileprivate init?(code: UInt8, replyQueue: String) {
    switch code {
    case 0: self = .results
    case Self.replyCode: self = .reply(queue: replyQueue)
    case 2: self = .payments
    case 3: self = .commands
    case 4: self = .metering
    case 5: self = .deadLetters
    default: return nil
    }
  }
}
