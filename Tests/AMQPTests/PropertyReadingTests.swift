import CRabbitMQ
import Testing

@testable import AMQP

@Suite("Properties as they are read")
struct PropertyReadingTests {
  /// What somebody may send in place of a text: the longest short string, and no UTF-8.
  private static let nonsense = [UInt8](repeating: 0xFF, count: 255)

  private static let texts:
    [(Int32, WritableKeyPath<amqp_basic_properties_t, amqp_bytes_t> & Sendable)] = [
      (AMQP_BASIC_CONTENT_TYPE_FLAG, \.content_type),
      (AMQP_BASIC_CONTENT_ENCODING_FLAG, \.content_encoding),
      (AMQP_BASIC_CORRELATION_ID_FLAG, \.correlation_id), (AMQP_BASIC_REPLY_TO_FLAG, \.reply_to),
      (AMQP_BASIC_EXPIRATION_FLAG, \.expiration), (AMQP_BASIC_MESSAGE_ID_FLAG, \.message_id),
      (AMQP_BASIC_TYPE_FLAG, \.type), (AMQP_BASIC_USER_ID_FLAG, \.user_id),
      (AMQP_BASIC_APP_ID_FLAG, \.app_id),
    ]

  /// Reads properties whose every text is these bytes.
  private func read(_ bytes: [UInt8]) -> MessageProperties {
    var bytes = bytes
    return bytes.withUnsafeMutableBytes { bytes in
      var source = amqp_basic_properties_t()
      for (flag, property) in Self.texts {
        source._flags |= amqp_flags_t(flag)
        source[keyPath: property] = amqp_bytes_t(len: bytes.count, bytes: bytes.baseAddress)
      }
      var recent = MessageProperties.RecentTexts()
      return MessageProperties(source, &recent)
    }
  }

  @Test("A text that is not UTF-8 is left out, for nothing can be sent back under it")
  func left() {
    #expect(read(Self.nonsense) == MessageProperties(isPersistent: false))
    let longest = String(repeating: "é", count: 127)
    #expect(read(Array(longest.utf8)).replyTo == longest)
    #expect(read(Array(longest.utf8)).type == longest)
  }

  @Test("Whatever a message says of itself can be sent again")
  func sendable() {
    for bytes in [Self.nonsense, Array(repeating: 0x61, count: 255), []] {
      let read = read(bytes)
      let message = OutgoingMessage(
        token: 1, exchange: "", routingKey: read.replyTo ?? "", properties: read, body: [])
      var buffer = OutputBuffer()
      #expect(buffer.publish(message, frameMax: 8_192) == nil)
    }
  }

  /// Reads a table of one text.
  private func header(_ name: [UInt8], _ value: [UInt8]) -> HeaderTable {
    var (name, value) = (name, value)
    return name.withUnsafeMutableBytes { name in
      value.withUnsafeMutableBytes { value in
        var entry = amqp_table_entry_t()
        entry.key = amqp_bytes_t(len: name.count, bytes: name.baseAddress)
        entry.value.kind = UInt8(AMQP_FIELD_KIND_UTF8.rawValue)
        entry.value.value.bytes = amqp_bytes_t(len: value.count, bytes: value.baseAddress)
        return withUnsafeMutablePointer(to: &entry) { entry in
          var reader = HeaderReader()
          return reader.table(amqp_table_t(num_entries: 1, entries: entry))
        }
      }
    }
  }

  @Test("A header that is no text is the bytes it is, and one whose name is none is not there")
  func headers() {
    #expect(header(Array("h".utf8), Array("é".utf8)) == ["h": "é"])
    #expect(header(Array("h".utf8), Self.nonsense) == ["h": .bytes(Self.nonsense)])
    #expect(header(Self.nonsense, Array("v".utf8)).isEmpty)
  }
}
