import CRabbitMQ

extension String {
  /// Copies; bytes that are not UTF-8 become replacement characters.
  init(_ bytes: amqp_bytes_t) {
    self.init(decoding: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len), as: UTF8.self)
  }

  /// Copies; nil for bytes that are not UTF-8.
  init?(validating bytes: amqp_bytes_t) {
    // `String(validating:as:)` looks up the types of its parameters each time.
    let buffer = UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len)
    guard let text = try? UTF8Span(validating: buffer.bindMemory(to: UInt8.self).span) else {
      return nil
    }
    self.init(copying: text)
  }
}

extension MessageProperties {
  /// What senders say of every message of a kind.
  struct RecentTexts {
    var contentType = RecentText()
    var type = RecentText()
  }

  /// Copies the properties of a content header. Headers are bounded, see ``HeaderReader``.
  ///
  /// A text that is not UTF-8 is left out: mended it would be another, such as the name of another queue, and up to three times as
  /// long, which no property has room for when it is sent again.
  init(_ source: amqp_basic_properties_t, _ recent: inout RecentTexts) {
    let flags = Int32(truncatingIfNeeded: source._flags)
    func text(_ flag: Int32, _ bytes: amqp_bytes_t) -> String? {
      flags & flag == 0 ? nil : String(validating: bytes)
    }
    func text(_ flag: Int32, _ bytes: amqp_bytes_t, _ recent: inout RecentText) -> String? {
      guard flags & flag != 0 else { return nil }
      recent.becomes(bytes)
      return recent.isExact ? recent.text : nil
    }
    var headers = HeaderTable()
    if flags & AMQP_BASIC_HEADERS_FLAG != 0 {
      var reader = HeaderReader()
      headers = reader.table(source.headers)
    }
    self.init(
      contentType: text(
        AMQP_BASIC_CONTENT_TYPE_FLAG, source.content_type, &recent.contentType),
      contentEncoding: text(AMQP_BASIC_CONTENT_ENCODING_FLAG, source.content_encoding),
      headers: headers,
      isPersistent: flags & AMQP_BASIC_DELIVERY_MODE_FLAG != 0 && source.delivery_mode == 2,
      priority: flags & AMQP_BASIC_PRIORITY_FLAG == 0 ? nil : source.priority,
      correlationID: text(AMQP_BASIC_CORRELATION_ID_FLAG, source.correlation_id),
      replyTo: text(AMQP_BASIC_REPLY_TO_FLAG, source.reply_to),
      expiration: text(AMQP_BASIC_EXPIRATION_FLAG, source.expiration),
      messageID: text(AMQP_BASIC_MESSAGE_ID_FLAG, source.message_id),
      timestamp: flags & AMQP_BASIC_TIMESTAMP_FLAG == 0 ? nil : source.timestamp,
      type: text(AMQP_BASIC_TYPE_FLAG, source.type, &recent.type),
      userID: text(AMQP_BASIC_USER_ID_FLAG, source.user_id),
      appID: text(AMQP_BASIC_APP_ID_FLAG, source.app_id))
  }
}

/// Copies a field table of the library within bounds: whoever publishes decides how deep and how
/// wide it is. What lies beyond becomes ``HeaderValue/omitted``, a text that is not UTF-8 its bytes, and a field whose name is none is
/// left out.
struct HeaderReader {
  /// Tables and arrays within each other.
  static let deepest = 8
  private var fieldsLeft = 256
  private var bytesLeft = 65_536

  mutating func table(_ source: amqp_table_t, depth: Int = 1) -> HeaderTable {
    var table = HeaderTable()
    for entry in UnsafeBufferPointer(start: source.entries, count: Int(source.num_entries)) {
      guard take(bytes: entry.key.len) else { break }
      guard let name = String(validating: entry.key) else { continue }
      table.fields.append(.init(name: name, value: value(entry.value, depth: depth)))
    }
    return table
  }

  private mutating func value(_ field: amqp_field_value_t, depth: Int) -> HeaderValue {
    let value = field.value
    return switch UInt32(field.kind) {
    case AMQP_FIELD_KIND_VOID.rawValue: .null
    case AMQP_FIELD_KIND_BOOLEAN.rawValue: .bool(value.boolean != 0)
    case AMQP_FIELD_KIND_I8.rawValue: .int(Int64(value.i8))
    case AMQP_FIELD_KIND_U8.rawValue: .int(Int64(value.u8))
    case AMQP_FIELD_KIND_I16.rawValue: .int(Int64(value.i16))
    case AMQP_FIELD_KIND_U16.rawValue: .int(Int64(value.u16))
    case AMQP_FIELD_KIND_I32.rawValue: .int(Int64(value.i32))
    case AMQP_FIELD_KIND_U32.rawValue: .int(Int64(value.u32))
    case AMQP_FIELD_KIND_I64.rawValue: .int(value.i64)
    case AMQP_FIELD_KIND_U64.rawValue: Int64(exactly: value.u64).map { .int($0) } ?? .omitted
    case AMQP_FIELD_KIND_F32.rawValue: .double(Double(value.f32))
    case AMQP_FIELD_KIND_F64.rawValue: .double(value.f64)
    case AMQP_FIELD_KIND_TIMESTAMP.rawValue: .timestamp(value.u64)
    case AMQP_FIELD_KIND_UTF8.rawValue:
      take(bytes: value.bytes.len)
        ? String(validating: value.bytes).map { .string($0) } ?? bytes(value.bytes) : .omitted
    case AMQP_FIELD_KIND_BYTES.rawValue:
      take(bytes: value.bytes.len) ? bytes(value.bytes) : .omitted
    case AMQP_FIELD_KIND_TABLE.rawValue:
      depth < Self.deepest ? .table(table(value.table, depth: depth + 1)) : .omitted
    case AMQP_FIELD_KIND_ARRAY.rawValue:
      depth < Self.deepest ? array(value.array, depth: depth + 1) : .omitted
    default: .omitted
    }
  }

  private func bytes(_ source: amqp_bytes_t) -> HeaderValue {
    .bytes(Array(UnsafeRawBufferPointer(start: source.bytes, count: source.len)))
  }

  private mutating func array(_ source: amqp_array_t, depth: Int) -> HeaderValue {
    var values: [HeaderValue] = []
    for entry in UnsafeBufferPointer(start: source.entries, count: Int(source.num_entries)) {
      guard take(bytes: 0) else { break }
      values.append(value(entry, depth: depth))
    }
    return .array(values)
  }

  /// Whether there is room for one more value of that length; takes it.
  private mutating func take(bytes count: Int) -> Bool {
    guard fieldsLeft > 0, bytesLeft >= count else { return false }
    fieldsLeft -= 1
    bytesLeft -= count
    return true
  }
}
