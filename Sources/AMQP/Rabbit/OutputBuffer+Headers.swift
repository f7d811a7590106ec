import CRabbitMQ

extension OutputBuffer {
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
