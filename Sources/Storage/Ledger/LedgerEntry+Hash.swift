extension LedgerEntry {
  /// SHA-256 over the canonical bytes of the entry's fields and of the hash before it.
  ///
  /// The bytes are, in this order, without anything between them:
  ///
  /// | field | bytes |
  /// |-|-|
  /// | `resize-worker ledger 1` | text |
  /// | account, currency | text each |
  /// | position | integer |
  /// | movement id, request id | text each |
  /// | minor units | integer |
  /// | purpose | text |
  /// | posted at, milliseconds since 1970 | integer |
  /// | previous hash | as text, 32 zero bytes for the first entry |
  ///
  /// A text is its length in bytes (4 bytes, big-endian) and its UTF-8 bytes, an integer is 8 bytes,
  /// big-endian, in two's complement. So no two different entries have the same bytes.
  public func computedHash() throws(StoreError) -> LedgerHash {
    try LedgerHash(sha256: canonicalBytes)
  }

  private var canonicalBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256)
    bytes.append(text: "resize-worker ledger 1")
    bytes.append(text: account.name)
    bytes.append(text: account.currency)
    bytes.append(integer: position)
    bytes.append(text: movementId)
    bytes.append(text: requestId)
    bytes.append(integer: minorUnits)
    bytes.append(text: purpose)
    bytes.append(integer: postedAt.millisecondsSinceEpoch)
    bytes.append(bytes: previousHash.bytes)
    return bytes
  }
}

extension [UInt8] {
  fileprivate mutating func append(text: String) { append(bytes: text.utf8) }

  fileprivate mutating func append(bytes: some Collection<UInt8>) {
    Swift.withUnsafeBytes(of: UInt32(truncatingIfNeeded: bytes.count).bigEndian) {
      append(contentsOf: $0)
    }
    append(contentsOf: bytes)
  }

  fileprivate mutating func append(integer: Int64) {
    Swift.withUnsafeBytes(of: integer.bigEndian) { append(contentsOf: $0) }
  }
}
