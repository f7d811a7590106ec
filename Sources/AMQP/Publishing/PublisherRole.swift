import CRabbitMQ

/// The publisher's part on its connection's thread.
final class PublisherRole: ConnectionRole {
  /// Encoded bytes that may wait for the socket before no more is encoded.
  private static let outputLimit = 256 << 10

  private let control: PublisherControl
  private var window: PublishWindow
  private var returns = ReturnAssembly()
  /// What the owner was last told of ``PublishWindow/queuedCount``.
  private var toldQueuedCount = 0

  init(_ control: PublisherControl, windowCapacity: Int) {
    self.control = control
    window = PublishWindow(capacity: windowCapacity)
  }

  var isClosing: Bool { control.isClosing }
  var nextDeadline: MonotonicTime? { nil }

  func opened(_ connection: RabbitConnection, epoch: UInt64) throws(AMQPError) {
    returns = ReturnAssembly()
    try connection.selectConfirms { (frame) throws(AMQPError) in
      try self.received(frame, on: connection)
    }
    control.events.yield(.connected(epoch: epoch))
  }

  func turn(on connection: RabbitConnection) throws(AMQPError) {
    let hasNew = takeBatches()
    repeat {
      fill(connection)
      if connection.output.count < Self.outputLimit { break }
      try connection.flush()
    } while connection.output.isEmpty
    if hasNew || window.queuedCount != toldQueuedCount {
      toldQueuedCount = window.queuedCount
      control.settleWaiting(threadQueue: toldQueuedCount)
    }
  }

  /// - Returns: Whether there were any.
  private func takeBatches() -> Bool {
    let batches = control.takeBatches()
    for batch in batches { window.enqueue(batch) }
    return !batches.isEmpty
  }

  /// Encodes messages until the output is full or none may be sent.
  private func fill(_ connection: RabbitConnection) {
    var isSending = true
    while isSending, connection.output.count < Self.outputLimit {
      isSending = window.send {
        connection.output.publish($0, frameMax: connection.frameMax)
      }
    }
  }

  func received(_ frame: RabbitFrame, on connection: RabbitConnection) throws(AMQPError) {
    switch frame {
    case .method(.acknowledged(let tag, let multiple)):
      window.acknowledged(tag, multiple: multiple)
    case .method(.nacked(let tag, let multiple)):
      window.nacked(tag, multiple: multiple)
    case .method(.returned(let method)):
      returns.begin(method)
    case .method(.blocked(let reason)):
      connection.isBlocked = true
      window.block(true)
      report()
      control.events.yield(.blocked(reason: reason))
    case .method(.unblocked):
      connection.isBlocked = false
      window.block(false)
      report()
      control.events.yield(.unblocked)
    case .header(let bodyByteCount, let properties):
      settle(try returns.header(properties, bodyByteCount: bodyByteCount))
    case .body(let fragment):
      settle(try returns.body(fragment.count))
    case .method:
      break
    }
  }

  func channelClosed(_ close: ServerClose, on connection: RabbitConnection) throws(AMQPError) {
    guard close.isAboutPublishing else {
      throw AMQPError(close, doing: "Publishing to", with: connection.address)
    }
    returns = ReturnAssembly()
    window.channelClosed(replyCode: close.replyCode, replyText: close.replyText)
    report()
    // No answer is waited for: what is published next is behind both of these in any case, and a
    // blocked broker reads nothing before the block has ended, however late that is.
    connection.orderChannel()
    connection.orderConfirms()
  }

  private func settle(_ returned: ReturnAssembly.Returned?) {
    guard let returned else { return }
    window.returned(
      exchange: returned.exchange, routingKey: returned.routingKey,
      messageID: returned.messageID, replyCode: returned.replyCode,
      replyText: returned.replyText)
  }

  func report() {
    let outcome = window.takeOutcome()
    if !outcome.returned.isEmpty { control.events.yield(.returned(outcome.returned)) }
    if !outcome.nacked.isEmpty { control.events.yield(.nacked(outcome.nacked)) }
    if !outcome.confirmed.isEmpty { control.events.yield(.confirmed(outcome.confirmed)) }
  }

  func lost(_ error: AMQPError) {
    report()
    let unconfirmed = window.connectionLost()
    control.events.yield(.disconnected(reason: error, unconfirmed: unconfirmed))
  }

  func finished() {
    report()
    control.finish(unconfirmed: window.connectionLost() + window.takeQueued())
  }
}

/// A returned message is its method, its header, and a body that nobody needs.
private struct ReturnAssembly {
  struct Returned {
    var replyCode: UInt16
    var replyText: String
    var exchange: String
    var routingKey: String
    var messageID: String?
  }

  private var current: Returned?
  private var missing: UInt64 = 0

  mutating func begin(_ method: amqp_basic_return_t) {
    current = Returned(
      replyCode: method.reply_code, replyText: String(method.reply_text),
      exchange: String(method.exchange), routingKey: String(method.routing_key))
  }

  mutating func header(
    _ properties: amqp_basic_properties_t, bodyByteCount: UInt64
  ) throws(AMQPError) -> Returned? {
    guard current != nil else { throw Self.outOfTurn }
    if properties._flags & amqp_flags_t(AMQP_BASIC_MESSAGE_ID_FLAG) != 0 {
      current?.messageID = String(properties.message_id)
    }
    missing = bodyByteCount
    return finish()
  }

  mutating func body(_ byteCount: Int) throws(AMQPError) -> Returned? {
    guard current != nil, UInt64(byteCount) <= missing else { throw Self.outOfTurn }
    missing -= UInt64(byteCount)
    return finish()
  }

  private mutating func finish() -> Returned? {
    guard missing == 0 else { return nil }
    defer { current = nil }
    return current
  }

  private static let outOfTurn = AMQPError(
    .protocolViolation, "The broker sent the parts of a return out of turn. Please report this.")
}
