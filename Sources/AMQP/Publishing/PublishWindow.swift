import DequeModule

/// What the publisher has to send, has in flight, and has to tell: a value without any I/O.
struct PublishWindow {
  /// What happened since the last ``takeOutcome()``.
  struct Outcome {
    var confirmed: [UInt64] = []
    var nacked: [UInt64] = []
    var returned: [ReturnedMessage] = []
  }

  private var ledger: ConfirmLedger
  private let capacity: Int
  private var queue: Deque<OutgoingMessage> = []
  private var outcome = Outcome()
  /// While above zero, messages go out one at a time: one of them closed the channel, and the
  /// broker did not say which.
  private var suspectCount = 0
  private var isSuspectInFlight = false
  private(set) var isBlocked = false

  /// - Parameter capacity: the most messages in flight.
  init(capacity: Int) {
    self.capacity = capacity
    ledger = ConfirmLedger(capacity: capacity)
  }

  var queuedCount: Int { queue.count }

  mutating func enqueue(_ batch: [OutgoingMessage]) { queue.append(contentsOf: batch) }

  /// Takes the next message to the wire; false while the broker blocks, the window is full, or
  /// nothing waits.
  ///
  /// - Parameter encode: writes the message, or answers why it cannot be written: then it is
  ///   reported as returned and takes no number.
  mutating func send(_ encode: (OutgoingMessage) -> String?) -> Bool {
    let limit = suspectCount > 0 || (isSuspectInFlight && ledger.span > 0) ? 1 : capacity
    guard !isBlocked, ledger.span < limit, let message = queue.popFirst() else { return false }
    isSuspectInFlight = suspectCount > 0
    if isSuspectInFlight { suspectCount -= 1 }
    if let reason = encode(message) {
      outcome.returned.append(
        ReturnedMessage(token: message.token, replyCode: 0, replyText: reason))
    } else {
      ledger.append(message)
    }
    return true
  }

  mutating func acknowledged(_ tag: UInt64, multiple: Bool) {
    ledger.settle(tag, multiple: multiple, into: &outcome.confirmed)
  }

  mutating func nacked(_ tag: UInt64, multiple: Bool) {
    ledger.settle(tag, multiple: multiple, into: &outcome.nacked)
  }

  mutating func returned(
    exchange: String, routingKey: String, messageID: String?, replyCode: UInt16, replyText: String
  ) {
    let token = ledger.returned {
      let message = $0.written
      return message.exchange == exchange && message.routingKey == routingKey
        && message.messageID == messageID
    }
    guard let token else { return }
    outcome.returned.append(
      ReturnedMessage(token: token, replyCode: replyCode, replyText: replyText))
  }

  mutating func block(_ blocked: Bool) { isBlocked = blocked }

  /// The broker closed the channel because of one message in flight. The guilty are reported as
  /// returned; their neighbours go out again on the next channel, ahead of the queue.
  ///
  /// A missing or forbidden exchange is named by the broker. Otherwise everything that was in
  /// flight goes out one by one, until the guilty one closes the channel alone.
  mutating func channelClosed(replyCode: UInt16, replyText: String) {
    let messages = ledger.takeAll()
    func refuse(_ message: OutgoingMessage) {
      outcome.returned.append(
        ReturnedMessage(token: message.token, replyCode: replyCode, replyText: replyText))
    }
    if messages.count == 1 {
      refuse(messages[0])
      return
    }
    let named = Set(messages.lazy.map(\.written.exchange)).first { exchange in
      // A permission is for a name, which the default exchange has only there.
      let permitted = exchange.isEmpty ? "amq.default" : exchange
      return replyText.contains(" no exchange '\(exchange)' in ")
        || replyText.contains(" access to exchange '\(permitted)' in ")
    }
    if let named {
      messages.filter { $0.written.exchange == named }.forEach(refuse)
      queue.lazy.filter { $0.written.exchange == named }.forEach(refuse)
      queue.removeAll { $0.written.exchange == named }
      let others = messages.filter { $0.written.exchange != named }
      if suspectCount > 0 { suspectCount += others.count }
      queue.prepend(contentsOf: others)
    } else {
      suspectCount += messages.count
      queue.prepend(contentsOf: messages)
    }
  }

  /// The connection is gone: the tokens of everything whose fate is unknown.
  mutating func connectionLost() -> [UInt64] {
    isBlocked = false
    suspectCount = 0
    return ledger.takeAll().map(\.token)
  }

  /// Everything still waiting, which will never be sent.
  mutating func takeQueued() -> [UInt64] {
    defer { queue.removeAll() }
    return queue.map(\.token)
  }

  mutating func takeOutcome() -> Outcome {
    defer { outcome = Outcome() }
    return outcome
  }
}
