import CRabbitMQ

extension OutputBuffer {
  /// The property list of a content header: flags, then each property that is present, in the
  /// order of the flags. False if a string is too long.
  ///
  /// - Parameter messageID: goes in place of that of the properties.
  mutating func append(_ properties: borrowing MessageProperties, messageID: String?) -> Bool {
    append(properties.flags(messageID: messageID))
    return appendOptional(properties.contentType)
      && appendOptional(properties.contentEncoding)
      && (properties.headers.isEmpty || append(properties.headers))
      && appendDeliveryMode(properties)
      && appendOptional(properties.correlationID)
      && appendOptional(properties.replyTo)
      && appendOptional(properties.expiration)
      && appendOptional(messageID)
      && appendTimestamp(properties)
      && appendOptional(properties.type)
      && appendOptional(properties.userID)
      && appendOptional(properties.appID)
  }

  private mutating func appendOptional(_ text: String?) -> Bool {
    guard let text else { return true }
    return append(short: text)
  }

  private mutating func appendDeliveryMode(_ properties: borrowing MessageProperties) -> Bool {
    append(UInt8(properties.isPersistent ? 2 : 1))
    if let priority = properties.priority { append(priority) }
    return true
  }

  private mutating func appendTimestamp(_ properties: borrowing MessageProperties) -> Bool {
    if let timestamp = properties.timestamp { append(timestamp) }
    return true
  }

  /// Tables and arrays within each other that can be sent; it bounds the recursion.
  private static var deepest: Int { 32 }

  /// A field table. False if a name is longer than 255 bytes, or it is nested too deep.
  mutating func append(_ table: HeaderTable, depth: Int = 1) -> Bool {
    guard depth <= Self.deepest else { return false }
    return appendMeasured {
      for field in table.fields {
        guard $0.append(short: field.name), $0.append(field.value, depth: depth) else {
          return false
        }
      }
      return true
    }
  }

  private mutating func append(_ value: HeaderValue, depth: Int) -> Bool {
    switch value {
    case .null, .omitted:
      append(UInt8(AMQP_FIELD_KIND_VOID.rawValue))
    case .bool(let value):
      append(UInt8(AMQP_FIELD_KIND_BOOLEAN.rawValue))
      append(UInt8(value ? 1 : 0))
    case .int(let value):
      append(UInt8(AMQP_FIELD_KIND_I64.rawValue))
      append(UInt64(bitPattern: value))
    case .double(let value):
      append(UInt8(AMQP_FIELD_KIND_F64.rawValue))
      append(value.bitPattern)
    case .string(let value):
      append(UInt8(AMQP_FIELD_KIND_UTF8.rawValue))
      append(long: value)
    case .bytes(let value):
      append(UInt8(AMQP_FIELD_KIND_BYTES.rawValue))
      append(UInt32(truncatingIfNeeded: value.count))
      append(value)
    case .timestamp(let value):
      append(UInt8(AMQP_FIELD_KIND_TIMESTAMP.rawValue))
      append(value)
    case .array(let values):
      append(UInt8(AMQP_FIELD_KIND_ARRAY.rawValue))
      guard depth < Self.deepest else { return false }
      return appendMeasured { buffer in
        values.allSatisfy { buffer.append($0, depth: depth + 1) }
      }
    case .table(let table):
      append(UInt8(AMQP_FIELD_KIND_TABLE.rawValue))
      return append(table, depth: depth + 1)
    }
    return true
  }
}

extension MessageProperties {
  fileprivate borrowing func flags(messageID: String?) -> UInt16 {
    var flags = AMQP_BASIC_DELIVERY_MODE_FLAG
    if contentType != nil { flags |= AMQP_BASIC_CONTENT_TYPE_FLAG }
    if contentEncoding != nil { flags |= AMQP_BASIC_CONTENT_ENCODING_FLAG }
    if !headers.isEmpty { flags |= AMQP_BASIC_HEADERS_FLAG }
    if priority != nil { flags |= AMQP_BASIC_PRIORITY_FLAG }
    if correlationID != nil { flags |= AMQP_BASIC_CORRELATION_ID_FLAG }
    if replyTo != nil { flags |= AMQP_BASIC_REPLY_TO_FLAG }
    if expiration != nil { flags |= AMQP_BASIC_EXPIRATION_FLAG }
    if messageID != nil { flags |= AMQP_BASIC_MESSAGE_ID_FLAG }
    if timestamp != nil { flags |= AMQP_BASIC_TIMESTAMP_FLAG }
    if type != nil { flags |= AMQP_BASIC_TYPE_FLAG }
    if userID != nil { flags |= AMQP_BASIC_USER_ID_FLAG }
    if appID != nil { flags |= AMQP_BASIC_APP_ID_FLAG }
    return UInt16(truncatingIfNeeded: flags)
  }
}
