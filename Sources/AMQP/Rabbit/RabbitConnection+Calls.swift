import CRabbitMQ

/// Calls that wait for their answer: used while a channel is set up, and by short connections.
extension RabbitConnection {
  /// Sends what ``output`` holds and waits for `reply`, and after it until `isComplete`, as long as more
  /// is wanted; other frames go to `other`.
  ///
  /// - Returns: Whether all of it has come; if not, it is still to come.
  /// - Throws: the broker's refusal as an error of `what`; ``AMQPError/Code/timedOut``.
  @discardableResult
  func call(
    _ what: String, within timeout: Duration? = nil,
    expecting reply: (RabbitFrame.RabbitMethod) -> Bool,
    other: (RabbitFrame) throws(AMQPError) -> Void = { (_) throws(AMQPError) in },
    isComplete: () -> Bool = { true }, while wantsMore: () -> Bool = { true }
  ) throws(AMQPError) -> Bool {
    let deadline = MonotonicTime.now + (timeout ?? settings.callTimeout)
    var isAnswered = false
    while !isAnswered || !isComplete() {
      guard wantsMore() else { return false }
      // Also while a long answer comes in: the broker wants to hear of us meanwhile.
      try keepAlive()
      try flush()
      guard try wait(for: nil, until: deadline) else {
        if MonotonicTime.now >= deadline {
          throw AMQPError(.timedOut, "\(what) \(address) got no answer in time.")
        }
        continue
      }
      try receive(while: wantsMore) { (frame) throws(AMQPError) in
        guard case .method(let method) = frame else { return try other(frame) }
        switch method {
        case .channelClose(let close):
          output.method(AMQP_CHANNEL_CLOSE_OK_METHOD)
          try flush()
          throw AMQPError(close, doing: what, with: address)
        case .connectionClose(let close):
          answerConnectionClose()
          throw AMQPError(close, doing: what, with: address)
        case let method where !isAnswered && reply(method):
          isAnswered = true
        default:
          try other(frame)
        }
      }
    }
    return true
  }

  /// Opens the channel and waits until it is open.
  func openChannel() throws(AMQPError) {
    orderChannel()
    try call("Opening a channel on", expecting: { $0.id == AMQP_CHANNEL_OPEN_OK_METHOD })
  }

  /// Asks for confirms on the channel and waits until they are promised.
  func selectConfirms(other: (RabbitFrame) throws(AMQPError) -> Void) throws(AMQPError) {
    orderConfirms()
    try call(
      "Asking for confirms from", expecting: { $0.id == AMQP_CONFIRM_SELECT_OK_METHOD },
      other: other)
  }

  func orderChannel() {
    output.method(AMQP_CHANNEL_OPEN_METHOD) { $0.append(short: "") }
  }

  func orderConfirms() {
    output.method(AMQP_CONFIRM_SELECT_METHOD) {
      $0.append(UInt8(0))
      return true
    }
  }

  /// Says good-bye and waits a little for the answer; errors do not matter any more.
  func close() {
    output.method(AMQP_CONNECTION_CLOSE_METHOD, channel: 0) {
      $0.append(UInt16(200))
      guard $0.append(short: "bye") else { return false }
      $0.append(UInt32(0))
      return true
    }
    _ = try? call(
      "Closing", within: .seconds(2), expecting: { $0.id == AMQP_CONNECTION_CLOSE_OK_METHOD })
  }

  /// Answers a `connection.close`, as far as the socket takes it.
  func answerConnectionClose() {
    output.method(AMQP_CONNECTION_CLOSE_OK_METHOD, channel: 0)
    try? flush()
  }
}

extension RabbitFrame.RabbitMethod {
  /// The method's number, where it carries nothing of interest.
  var id: amqp_method_number_t? {
    if case .other(let id) = self { id } else { nil }
  }
}
