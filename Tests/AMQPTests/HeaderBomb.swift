import AMQP
import CRabbitMQ
import Foundation

/// Publishes what our own publisher refuses to: headers nested as deep as a frame allows.
enum HeaderBomb {
  static func publish(arrays: Int, to queue: String, at address: BrokerAddress) async throws {
    let status = await withCheckedContinuation { continuation in
      let thread = Thread {
        continuation.resume(returning: send(arrays: arrays, to: queue, at: address))
      }
      thread.stackSize = 64 << 20
      thread.start()
    }
    guard status == 0 else { throw AMQPError(.protocolViolation, "the bomb was not sent") }
  }

  private static func send(arrays: Int, to queue: String, at address: BrokerAddress) -> Int32 {
    guard let state = amqp_new_connection(), let socket = amqp_tcp_socket_new(state) else {
      return -1
    }
    defer { amqp_destroy_connection(state) }
    var none = amqp_empty_table
    guard amqp_socket_open(socket, address.host, Int32(address.port)) == 0,
      crabbitmq_login_plain(state, "/", 8, 131_072, 0, &none, address.user, address.password)
        .reply_type == AMQP_RESPONSE_NORMAL,
      amqp_channel_open(state, 1) != nil
    else { return -2 }
    var pool = amqp_pool_t()
    init_amqp_pool(&pool, 65_536)
    defer { empty_amqp_pool(&pool) }
    var encoded = table(arrays: arrays)
    return encoded.withUnsafeMutableBytes { raw in
      var headers = amqp_table_t()
      var offset = 0
      let bytes = amqp_bytes_t(len: raw.count, bytes: raw.baseAddress)
      guard amqp_decode_table(bytes, &pool, &headers, &offset) == 0 else { return -3 }
      var properties = amqp_basic_properties_t()
      properties._flags = amqp_flags_t(AMQP_BASIC_HEADERS_FLAG)
      properties.headers = headers
      return queue.withCString { name in
        let status = amqp_basic_publish(
          state, 1, amqp_empty_bytes, amqp_cstring_bytes(name), 0, 0, &properties,
          amqp_cstring_bytes("body"))
        _ = amqp_connection_close(state, 200)
        return status
      }
    }
  }

  /// A table of `bomb`, so many arrays within each other, and `after`, the number 1.
  private static func table(arrays: Int) -> [UInt8] {
    var fields = [4] + Array("bomb".utf8)
    for level in 0..<arrays {
      fields.append(UInt8(ascii: "A"))
      fields += bigEndian(UInt32((arrays - level - 1) * 5))
    }
    fields += [5] + Array("after".utf8) + [UInt8(ascii: "I")] + bigEndian(1)
    return bigEndian(UInt32(fields.count)) + fields
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }
}
