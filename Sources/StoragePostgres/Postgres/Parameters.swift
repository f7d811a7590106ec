/// The values of a statement's parameters in the server's binary format, one after the other.
///
/// Arrays are for `unnest`: a batch of rows is a handful of values, however many rows it has.
struct Parameters: Sendable {
  /// Begins with a byte that is no value's, so that an empty text has an address: NULL has none.
  private(set) var bytes: [UInt8] = [0]
  /// Where each value lies in `bytes`; nil is NULL.
  private(set) var places: [Range<Int>?] = []

  init() {}

  mutating func add(_ integer: Int64) { place { $0.append(bigEndian: integer) } }

  mutating func add(_ integer: Int64?) {
    if let integer { add(integer) } else { places.append(nil) }
  }

  mutating func add(_ flag: Bool) { place { $0.append(flag ? 1 : 0) } }

  mutating func add(_ text: String) { place { $0.append(contentsOf: text.utf8) } }

  mutating func add(_ text: String?) {
    if let text { add(text) } else { places.append(nil) }
  }

  mutating func add(integers: some Collection<Int64>) {
    array(of: ElementType.integer, integers) { $0.append(bigEndian: $1) }
  }

  mutating func add(optionalIntegers: some Collection<Int64?>) {
    optionalArray(of: ElementType.integer, optionalIntegers) { $0.append(bigEndian: $1) }
  }

  mutating func add(flags: some Collection<Bool>) {
    array(of: ElementType.flag, flags) { $0.append($1 ? 1 : 0) }
  }

  mutating func add(optionalFlags: some Collection<Bool?>) {
    optionalArray(of: ElementType.flag, optionalFlags) { $0.append($1 ? 1 : 0) }
  }

  mutating func add(texts: some Collection<String>) {
    array(of: ElementType.text, texts) { $0.append(contentsOf: $1.utf8) }
  }

  mutating func add(optionalTexts: some Collection<String?>) {
    optionalArray(of: ElementType.text, optionalTexts) { $0.append(contentsOf: $1.utf8) }
  }

  /// Text that is there as bytes already.
  mutating func add(records: some Collection<[UInt8]>) {
    array(of: ElementType.text, records) { $0.append(contentsOf: $1) }
  }

  mutating func add(optionalRecords: some Collection<[UInt8]?>) {
    optionalArray(of: ElementType.text, optionalRecords) { $0.append(contentsOf: $1) }
  }

  mutating func add(blobs: some Collection<[UInt8]>) {
    array(of: ElementType.blob, blobs) { $0.append(contentsOf: $1) }
  }

  /// Object ids of `pg_type`, which never change.
  private enum ElementType {
    static let flag: Int32 = 16
    static let blob: Int32 = 17
    static let integer: Int32 = 20
    static let text: Int32 = 25
  }

  private mutating func place(_ write: (inout [UInt8]) -> Void) {
    let start = bytes.count
    write(&bytes)
    places.append(start..<bytes.count)
  }

  private mutating func array<Elements: Collection>(
    of type: Int32, _ elements: Elements, _ write: (inout [UInt8], Elements.Element) -> Void
  ) {
    place { bytes in
      bytes.beginArray(of: type, count: elements.count, hasNulls: false)
      for element in elements { bytes.appendElement { write(&$0, element) } }
    }
  }

  private mutating func optionalArray<Value>(
    of type: Int32, _ elements: some Collection<Value?>, _ write: (inout [UInt8], Value) -> Void
  ) {
    place { bytes in
      bytes.beginArray(of: type, count: elements.count, hasNulls: elements.contains { $0 == nil })
      for element in elements {
        if let element {
          bytes.appendElement { write(&$0, element) }
        } else {
          bytes.append(bigEndian: Int32(-1))
        }
      }
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(bigEndian integer: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: integer.bigEndian) { append(contentsOf: $0) }
  }

  /// The head of an array in binary format (PostgreSQL's `array_recv`).
  fileprivate mutating func beginArray(of type: Int32, count: Int, hasNulls: Bool) {
    append(bigEndian: Int32(count == 0 ? 0 : 1))
    append(bigEndian: Int32(hasNulls ? 1 : 0))
    append(bigEndian: type)
    guard count > 0 else { return }
    append(bigEndian: Int32(truncatingIfNeeded: count))
    append(bigEndian: Int32(1))
  }

  /// Length and bytes of an element.
  fileprivate mutating func appendElement(_ write: (inout [UInt8]) -> Void) {
    let start = count
    append(bigEndian: Int32(0))
    write(&self)
    let length = UInt32(truncatingIfNeeded: count - start - 4)
    for (offset, shift) in [24, 16, 8, 0].enumerated() {
      self[start + offset] = UInt8(truncatingIfNeeded: length >> UInt32(shift))
    }
  }
}
