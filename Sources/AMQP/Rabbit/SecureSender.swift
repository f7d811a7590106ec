import CRabbitMQ

/// Puts encoded frames through the library's TLS socket, which only it can write to.
///
/// The library takes decoded frames, so a second connection without a socket decodes ours. That
/// costs a copy, on TLS only. Sending can block; the watchdog ends it.
final class SecureSender {
  /// What is sent before the socket is read again, in bytes: a slow link would otherwise keep the
  /// broker's confirms and heartbeats waiting until everything is sent.
  private static let portion = 16 << 10

  private let decoder: amqp_connection_state_t

  init(frameMax: Int32) throws(AMQPError) {
    guard let decoder = amqp_new_connection() else {
      throw AMQPError(.outOfResources, "No memory for a TLS connection.")
    }
    self.decoder = decoder
    var frame = amqp_frame_t()
    var greeting: [UInt8] = Array("AMQP".utf8) + [0, 0, 9, 1]
    let consumed = greeting.withUnsafeMutableBytes {
      amqp_handle_input(decoder, amqp_bytes_t(len: $0.count, bytes: $0.baseAddress), &frame)
    }
    guard consumed == 8,
      amqp_tune_connection(decoder, 8, frameMax, 0) == AMQP_STATUS_OK.rawValue
    else { throw AMQPError(.outOfResources, "No memory for a TLS connection.") }
  }

  deinit { amqp_destroy_connection(decoder) }

  /// Sends whole frames, the first at least, until ``portion`` is reached or all is sent.
  ///
  /// - Parameter sent: called after each frame.
  /// - Returns: how many bytes of `output` that were.
  func send(
    _ output: borrowing OutputBuffer, on state: amqp_connection_state_t, _ address: BrokerAddress,
    sent: () -> Void
  ) throws(AMQPError) -> Int {
    try output.withUnsent { (unsent) throws(AMQPError) in
      var rest = unsent[...]
      while !rest.isEmpty, unsent.count - rest.count < Self.portion {
        var frame = amqp_frame_t()
        let source = amqp_bytes_t(
          len: rest.count,
          bytes: UnsafeMutableRawPointer(
            mutating: UnsafeRawBufferPointer(rebasing: rest).baseAddress))
        let consumed = amqp_handle_input(decoder, source, &frame)
        guard consumed > 0 else {
          throw AMQPError(status: consumed, doing: "Sending to", with: address)
        }
        rest = rest.dropFirst(Int(consumed))
        guard frame.frame_type != 0 else { continue }
        let status = amqp_send_frame(state, &frame)
        guard status == AMQP_STATUS_OK.rawValue else {
          throw AMQPError(status: status, doing: "Sending to", with: address)
        }
        amqp_maybe_release_buffers(decoder)
        sent()
      }
      return unsent.count - rest.count
    }
  }
}
