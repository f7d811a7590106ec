/// Encoded frames on their way to the socket.
struct OutputBuffer {
  private(set) var bytes: [UInt8] = []
  private var head = 0
  private static let keptCapacity = 1 << 20

  var count: Int { bytes.count - head }
  var isEmpty: Bool { count == 0 }

  /// Lends what has not been sent.
  func withUnsent<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    let head = head
    let result = bytes.withUnsafeBytes { all in
      Result { () throws(E) in try body(UnsafeRawBufferPointer(rebasing: all[head...])) }
    }
    return try result.get()
  }

  mutating func markSent(_ count: Int) {
    head += count
    if head == bytes.count {
      bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptCapacity)
      head = 0
    } else if head >= Self.keptCapacity {
      bytes.removeFirst(head)
      head = 0
    }
  }

  /// Takes back everything after `length`, the value of ``length`` when it was noted.
  mutating func rollBack(to length: Int) { bytes.removeLast(bytes.count - length) }

  var length: Int { bytes.count }

  mutating func append(_ value: UInt8) { bytes.append(value) }
  mutating func append(_ value: UInt16) { appendBigEndian(value) }
  mutating func append(_ value: UInt32) { appendBigEndian(value) }
  mutating func append(_ value: UInt64) { appendBigEndian(value) }

  mutating func append(_ source: ArraySlice<UInt8>) { bytes.append(contentsOf: source) }
  mutating func append(_ source: [UInt8]) { bytes.append(contentsOf: source) }

  /// A string of at most 255 bytes; false, and nothing written, if it is longer.
  mutating func append(short text: String) -> Bool {
    let count = text.utf8.count
    guard count <= 255 else { return false }
    bytes.append(UInt8(count))
    bytes.append(contentsOf: text.utf8)
    return true
  }

  mutating func append(long text: String) {
    append(UInt32(truncatingIfNeeded: text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  /// Writes what `body` writes with its length in four bytes before it.
  mutating func appendMeasured(_ body: (inout OutputBuffer) -> Bool) -> Bool {
    let start = bytes.count
    append(UInt32(0))
    guard body(&self) else { return false }
    setLength(at: start, from: start + 4)
    return true
  }

  /// Writes into four bytes at `place` how many bytes stand from `start` to the end.
  mutating func setLength(at place: Int, from start: Int) {
    let size = UInt32(truncatingIfNeeded: bytes.count - start)
    for index in 0..<4 {
      bytes[place + index] = UInt8(truncatingIfNeeded: size >> (24 - 8 * index))
    }
  }

  private mutating func appendBigEndian(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }
}
