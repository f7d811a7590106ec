import Resizing
import Storage

/// A page that is to be added to the outbox: messages of one owner and one time with consecutive
/// sequences.
struct NewOutboxPage {
  let owner: String
  let createdAt: Moment
  /// Which of them ask for payments and refunds, or void them.
  let payments: SequenceBits
  /// As `OutboxPage` writes them.
  let bytes: [UInt8]

  var sequences: ClosedRange<Int64> { payments.sequences }

  /// Cuts messages into pages; those of one commit are one page.
  static func pages(of messages: [OutboxMessage]) -> [NewOutboxPage] {
    OutboxPage.slices(of: messages).map(NewOutboxPage.init)
  }

  private init(_ messages: ArraySlice<OutboxMessage>) {
    let first = messages[messages.startIndex]
    owner = first.owner
    createdAt = first.createdAt
    var payments = SequenceBits(
      noneOf: first.sequence...messages[messages.endIndex - 1].sequence)
    for message in messages where message.event.isForPayments {
      payments.insert(message.sequence)
    }
    self.payments = payments
    bytes = OutboxPage.encode(messages)
  }
}
