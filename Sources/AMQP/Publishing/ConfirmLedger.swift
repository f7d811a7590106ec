/// The messages in flight on one channel: a ring by the sequence numbers of publisher confirms.
///
/// The broker counts publishes from 1 and confirms by number, in any order, one or many at once.
/// A returned message is settled by its return; the confirm that follows says nothing about it.
struct ConfirmLedger {
  private struct Slot {
    /// Nil once it is settled.
    var message: OutgoingMessage?
    var isReturned = false
  }

  private var ring: [Slot]
  private let mask: UInt64
  /// The oldest number that is not settled.
  private var oldest: UInt64 = 1
  private var next: UInt64 = 1
  /// Returns come in the order of publishes, so the search for the next one starts here.
  private var returnCursor: UInt64 = 1

  /// A ring for at least `capacity` messages in flight.
  init(capacity: Int) {
    var size = 1
    while size < capacity { size <<= 1 }
    ring = Array(repeating: Slot(), count: size)
    mask = UInt64(size - 1)
  }

  /// How many numbers lie between the oldest unsettled message and the newest.
  var span: Int { Int(next - oldest) }
  var hasRoom: Bool { span < ring.count }

  /// The message goes out with the next number. The caller has seen ``hasRoom``.
  mutating func append(_ message: OutgoingMessage) {
    precondition(hasRoom)
    ring[Int(next & mask)] = Slot(message: message)
    next += 1
  }

  /// Settles what a `basic.ack` or `basic.nack` names: appends its tokens to `tokens`, but for
  /// those of returned messages. Numbers that are not in flight are ignored.
  mutating func settle(_ tag: UInt64, multiple: Bool, into tokens: inout [UInt64]) {
    guard tag < next else { return }
    if multiple {
      let last = tag == 0 ? next - 1 : tag
      guard last >= oldest else { return }
      for number in oldest...last { settle(number, into: &tokens) }
    } else {
      guard tag >= oldest else { return }
      settle(tag, into: &tokens)
    }
    while oldest < next, ring[Int(oldest & mask)].message == nil { oldest += 1 }
  }

  private mutating func settle(_ number: UInt64, into tokens: inout [UInt64]) {
    let index = Int(number & mask)
    guard let message = ring[index].message.take() else { return }
    if !ring[index].isReturned { tokens.append(message.token) }
  }

  /// The token of the first message after the last returned one that `matches`; it is settled.
  mutating func returned(where matches: (OutgoingMessage) -> Bool) -> UInt64? {
    var number = max(returnCursor, oldest)
    while number < next {
      let index = Int(number & mask)
      if let message = ring[index].message, !ring[index].isReturned, message.isMandatory,
        matches(message)
      {
        ring[index].isReturned = true
        returnCursor = number + 1
        return message.token
      }
      number += 1
    }
    return nil
  }

  /// The channel is gone: everything unsettled, in order. Numbers start anew.
  mutating func takeAll() -> [OutgoingMessage] {
    var messages: [OutgoingMessage] = []
    for number in oldest..<next {
      let index = Int(number & mask)
      if let message = ring[index].message, !ring[index].isReturned { messages.append(message) }
      ring[index] = Slot()
    }
    (oldest, next, returnCursor) = (1, 1, 1)
    return messages
  }
}
