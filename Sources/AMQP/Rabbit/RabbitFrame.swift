import CRabbitMQ

/// One frame that came in. It points into the library's memory and lives as long as the closure
/// it is handed to.
enum RabbitFrame {
  case method(RabbitMethod)
  case header(bodyByteCount: UInt64, amqp_basic_properties_t)
  case body(UnsafeRawBufferPointer)

  /// The methods a client has to know.
  enum RabbitMethod {
    case deliver(amqp_basic_deliver_t)
    case getOK(amqp_basic_get_ok_t)
    case getEmpty
    case acknowledged(tag: UInt64, multiple: Bool)
    case nacked(tag: UInt64, multiple: Bool)
    case returned(amqp_basic_return_t)
    case consumerCanceled(tag: String, wantsAnswer: Bool)
    case consumeOK(tag: String)
    case cancelOK(tag: String)
    case declareOK(messageCount: UInt32, consumerCount: UInt32)
    case countOK(UInt32)
    case blocked(reason: String)
    case unblocked
    case channelClose(ServerClose)
    case connectionClose(ServerClose)
    /// The answer to a call that carries nothing, or something that needs no answer.
    case other(amqp_method_number_t)
  }
}

/// Why the broker closed a channel or a connection.
struct ServerClose {
  var replyCode: UInt16
  var replyText: String
  var classID: UInt16
  var methodID: UInt16

  /// Whether a publish was the reason.
  var isAboutPublishing: Bool { classID == 60 && methodID == 40 }
}

extension RabbitFrame {
  /// Reads a frame of the library; nil for what is neither a method nor content.
  init?(_ frame: amqp_frame_t) {
    switch Int32(frame.frame_type) {
    case AMQP_FRAME_METHOD:
      self = .method(RabbitMethod(frame.payload.method))
    case AMQP_FRAME_HEADER:
      guard let decoded = frame.payload.properties.decoded,
        Int32(frame.payload.properties.class_id) == AMQP_BASIC_CLASS
      else { return nil }
      self = .header(
        bodyByteCount: frame.payload.properties.body_size,
        decoded.load(as: amqp_basic_properties_t.self))
    case AMQP_FRAME_BODY:
      let fragment = frame.payload.body_fragment
      self = .body(UnsafeRawBufferPointer(start: fragment.bytes, count: fragment.len))
    default:
      return nil
    }
  }
}

extension RabbitFrame.RabbitMethod {
  init(_ method: amqp_method_t) {
    guard let decoded = method.decoded else {
      self = .other(method.id)
      return
    }
    self = Self.content(method.id, decoded) ?? Self.control(method.id, decoded)
  }

  private static func content(_ id: amqp_method_number_t, _ decoded: UnsafeRawPointer) -> Self? {
    switch id {
    case AMQP_BASIC_DELIVER_METHOD:
      return .deliver(decoded.load(as: amqp_basic_deliver_t.self))
    case AMQP_BASIC_GET_OK_METHOD:
      return .getOK(decoded.load(as: amqp_basic_get_ok_t.self))
    case AMQP_BASIC_GET_EMPTY_METHOD:
      return .getEmpty
    case AMQP_BASIC_ACK_METHOD:
      let fields = decoded.load(as: amqp_basic_ack_t.self)
      return .acknowledged(tag: fields.delivery_tag, multiple: fields.multiple != 0)
    case AMQP_BASIC_NACK_METHOD:
      let fields = decoded.load(as: amqp_basic_nack_t.self)
      return .nacked(tag: fields.delivery_tag, multiple: fields.multiple != 0)
    case AMQP_BASIC_RETURN_METHOD:
      return .returned(decoded.load(as: amqp_basic_return_t.self))
    default:
      return nil
    }
  }

  private static func control(_ id: amqp_method_number_t, _ decoded: UnsafeRawPointer) -> Self {
    switch id {
    case AMQP_BASIC_CANCEL_METHOD:
      let fields = decoded.load(as: amqp_basic_cancel_t.self)
      return .consumerCanceled(tag: String(fields.consumer_tag), wantsAnswer: fields.nowait == 0)
    case AMQP_BASIC_CONSUME_OK_METHOD:
      return .consumeOK(tag: String(decoded.load(as: amqp_basic_consume_ok_t.self).consumer_tag))
    case AMQP_BASIC_CANCEL_OK_METHOD:
      return .cancelOK(tag: String(decoded.load(as: amqp_basic_cancel_ok_t.self).consumer_tag))
    case AMQP_QUEUE_DECLARE_OK_METHOD:
      let fields = decoded.load(as: amqp_queue_declare_ok_t.self)
      return .declareOK(messageCount: fields.message_count, consumerCount: fields.consumer_count)
    case AMQP_QUEUE_PURGE_OK_METHOD:
      return .countOK(decoded.load(as: amqp_queue_purge_ok_t.self).message_count)
    case AMQP_QUEUE_DELETE_OK_METHOD:
      return .countOK(decoded.load(as: amqp_queue_delete_ok_t.self).message_count)
    case AMQP_CONNECTION_BLOCKED_METHOD:
      return .blocked(reason: String(decoded.load(as: amqp_connection_blocked_t.self).reason))
    case AMQP_CONNECTION_UNBLOCKED_METHOD:
      return .unblocked
    case AMQP_CHANNEL_CLOSE_METHOD:
      let fields = decoded.load(as: amqp_channel_close_t.self)
      return .channelClose(
        ServerClose(
          replyCode: fields.reply_code, replyText: String(fields.reply_text),
          classID: fields.class_id, methodID: fields.method_id))
    case AMQP_CONNECTION_CLOSE_METHOD:
      return .connectionClose(ServerClose(decoded.load(as: amqp_connection_close_t.self)))
    default:
      return .other(id)
    }
  }
}

extension ServerClose {
  init(_ fields: amqp_connection_close_t) {
    self.init(
      replyCode: fields.reply_code, replyText: String(fields.reply_text),
      classID: fields.class_id, methodID: fields.method_id)
  }
}
