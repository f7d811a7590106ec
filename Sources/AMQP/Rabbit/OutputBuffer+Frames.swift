import CRabbitMQ

/// The one channel every connection has.
let theChannel: UInt16 = 1

/// AMQP 0-9-1 frames as they stand on the wire (specification, sections 2.3.5 and 4.2).
///
/// Frames are built here and not by librabbitmq because it sends each one by itself: a batch of
/// publishes leaves in one system call this way, and no call into the library blocks in sending.
extension OutputBuffer {
  /// Type and channel, length, end mark.
  static let frameOverhead = 8

  /// Writes one method frame. Fields that do not fit make it false, with nothing written.
  @discardableResult
  mutating func method(
    _ id: amqp_method_number_t, channel: UInt16 = theChannel,
    _ fields: (inout OutputBuffer) -> Bool = { _ in true }
  ) -> Bool {
    frame(UInt8(AMQP_FRAME_METHOD), channel: channel) {
      $0.append(id)
      return fields(&$0)
    }
  }

  mutating func heartbeat() {
    _ = frame(UInt8(AMQP_FRAME_HEARTBEAT), channel: 0) { _ in true }
  }

  mutating func acknowledge(_ tag: UInt64, multiple: Bool) {
    method(AMQP_BASIC_ACK_METHOD) {
      $0.append(tag)
      $0.append(UInt8(multiple ? 1 : 0))
      return true
    }
  }

  mutating func reject(_ tag: UInt64, requeue: Bool) {
    method(AMQP_BASIC_REJECT_METHOD) {
      $0.append(tag)
      $0.append(UInt8(requeue ? 1 : 0))
      return true
    }
  }

  mutating func nack(_ tag: UInt64, multiple: Bool, requeue: Bool) {
    method(AMQP_BASIC_NACK_METHOD) {
      $0.append(tag)
      $0.append(UInt8((multiple ? 1 : 0) | (requeue ? 2 : 0)))
      return true
    }
  }

  /// Writes the frames of one publish, or nothing: then it answers why the message cannot be sent.
  mutating func publish(_ message: OutgoingMessage, frameMax: Int) -> String? {
    var writer = MessageWriter(OutputBuffer(capacity: 16), frameMax: frameMax)
    swap(&self, &writer.buffer)
    message.write(to: &writer)
    swap(&self, &writer.buffer)
    return writer.refusal
  }

  /// Writes what a frame begins with; its length is written by ``endFrame(_:)``.
  mutating func beginFrame(_ type: UInt8, channel: UInt16 = theChannel) -> Int {
    let start = length
    append(type)
    append(channel)
    append(UInt32(0))
    return start
  }

  mutating func endFrame(_ start: Int) {
    let lengthStart = start + 3
    setLength(at: lengthStart, from: lengthStart + 4)
    append(UInt8(AMQP_FRAME_END))
  }

  private mutating func frame(
    _ type: UInt8, channel: UInt16, _ payload: (inout OutputBuffer) -> Bool
  ) -> Bool {
    let start = beginFrame(type, channel: channel)
    guard payload(&self) else {
      rollBack(to: start)
      return false
    }
    endFrame(start)
    return true
  }
}
