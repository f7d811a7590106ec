import CRabbitMQ

extension HeaderTable {
  /// Reads a field table as it stands in a frame, its length in four bytes before it, the way the
  /// headers of a delivery are read: decoded by the library, copied within ``HeaderReader``'s bounds.
  ///
  /// Nil if the library refuses the bytes.
  package init?(encoded bytes: [UInt8]) {
    var pool = amqp_pool_t()
    init_amqp_pool(&pool, 4_096)
    defer { empty_amqp_pool(&pool) }
    var table = amqp_table_t()
    var offset = 0
    // The library copies nothing: the table points into these bytes, so they outlive the reading.
    let read: HeaderTable? = bytes.withUnsafeBytes { source in
      let encoded = amqp_bytes_t(
        len: source.count, bytes: UnsafeMutableRawPointer(mutating: source.baseAddress))
      let status = amqp_decode_table(encoded, &pool, &table, &offset)
      guard status == AMQP_STATUS_OK.rawValue else { return nil }
      var reader = HeaderReader()
      return reader.table(table)
    }
    guard let read else { return nil }
    self = read
  }

  /// The table as it stands in a frame; nil if a name is longer than 255 bytes or it is nested
  /// deeper than is sent.
  package var encoded: [UInt8]? {
    var buffer = OutputBuffer()
    return buffer.append(self) ? buffer.bytes : nil
  }
}
