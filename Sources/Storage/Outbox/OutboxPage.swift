import Contracts
import Resizing
import Synchronization

/// The messages of one commit as the outbox keeps them: one value instead of a row for each.
///
/// A batch sends some five hundred messages, which were as many rows of fourteen columns to insert
/// and, once confirmed, to delete. As a page they are one row each way, copied as bytes.
///
/// The format: a version byte, and a frame of LZ4 with checksums, of the events as they are one behind
/// the other (``Contracts/OutgoingEventList``).
public enum OutboxPage {
  private static let version: UInt8 = 2
  /// The memory that the last page was put together in, for the next one: a full batch needs so much
  /// that it would be asked of the system, and given back to it, each time.
  private static let spare = Mutex<OutgoingEventList?>(nil)
  private static let keptByteCount = 2 << 20

  /// The messages of one page as bytes.
  ///
  /// Written twice, to the log and to the file, they were half of what a commit writes; compressed
  /// they are a tenth of that, and a changed byte is found.
  public static func encode(_ messages: ArraySlice<OutboxMessage>) -> [UInt8] {
    var list = spare.withLock { $0.take() } ?? OutgoingEventList()
    list.append(messages)
    let page = [version] + LZ4Frame.compress(list.bytes)
    if list.bytes.capacity <= keptByteCount { spare.withLock { [list] in $0 = list } }
    return page
  }

  /// - Throws: `PageDamage` if the bytes are not what `encode` wrote.
  public static func decode(_ bytes: [UInt8]) throws(PageDamage) -> [OutgoingEvent] {
    guard bytes.first == version else { throw PageDamage("its format is unknown") }
    return try decodePlain(LZ4Frame.decompress(bytes.dropFirst()))
  }

  /// The messages before they are compressed.
  public static func encodePlain(_ messages: ArraySlice<OutboxMessage>) -> [UInt8] {
    var list = OutgoingEventList()
    list.append(messages)
    return list.bytes
  }

  /// - Throws: `PageDamage` if the bytes are not what `encodePlain` wrote.
  public static func decodePlain(_ bytes: [UInt8]) throws(PageDamage) -> [OutgoingEvent] {
    do throws(EventDamage) {
      return try OutgoingEvent.read(list: bytes)
    } catch {
      throw PageDamage(error.explanation)
    }
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

extension OutgoingEventList {
  fileprivate mutating func append(_ messages: ArraySlice<OutboxMessage>) {
    begin(count: messages.count, byteCount: messages.reduce(0) { $0 + $1.event.bytes.count })
    for message in messages { append(message.event) }
  }
}
