import Glibc

/// Encoded frames on their way to the socket.
///
/// It has memory of its own, not an array, which asks before each byte of a field whether it is shared
/// and whether there is room. It is `malloc`'s: Swift's `allocate` asks it for an alignment, and that
/// it always serves the long way, while a message's 512 bytes are at hand.
struct OutputBuffer: ~Copyable {
  // sound: of this value alone, which is not copied, and freed with it; written from `length` on after
  // room was made for it, and read below `length`.
  private var memory: UnsafeMutableRawPointer
  private var capacity: Int
  private(set) var length = 0
  private var head = 0
  private static let keptCapacity = 1 << 20

  init(capacity: Int = 512) {
    self.capacity = capacity
    memory = Self.memory(capacity)
  }

  deinit { free(memory) }

  var count: Int { length - head }
  var isEmpty: Bool { count == 0 }
  /// A copy of everything in it.
  var bytes: [UInt8] { withBytes(0..<length) { Array($0) } }

  /// Lends some of what was written.
  borrowing func withBytes<R>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    precondition(range.lowerBound >= 0 && range.upperBound <= length)
    return body(UnsafeRawBufferPointer(start: memory + range.lowerBound, count: range.count))
  }

  /// Lends what has not been sent.
  borrowing func withUnsent<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try body(UnsafeRawBufferPointer(start: memory + head, count: count))
  }

  mutating func markSent(_ count: Int) {
    head += count
    if head == length {
      if capacity > Self.keptCapacity { self = OutputBuffer() }
      (head, length) = (0, 0)
    } else if head >= Self.keptCapacity {
      memory.copyMemory(from: memory + head, byteCount: self.count)
      (head, length) = (0, self.count)
    }
  }

  /// Takes back everything after `length`, the value of ``length`` when it was noted.
  mutating func rollBack(to length: Int) {
    precondition(length <= self.length)
    self.length = length
  }

  mutating func append(_ value: UInt8) { append(fixed: value) }
  mutating func append(_ value: UInt16) { append(fixed: value.bigEndian) }
  mutating func append(_ value: UInt32) { append(fixed: value.bigEndian) }
  mutating func append(_ value: UInt64) { append(fixed: value.bigEndian) }

  mutating func append(_ source: [UInt8]) { source.withUnsafeBytes { append($0) } }

  mutating func append(_ source: UnsafeRawBufferPointer) {
    room(for: source.count).copyMemory(from: source)
  }

  /// A text of at most 255 bytes; false, and nothing written, if it is longer.
  mutating func append(short text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard text.count <= 255 else { return false }
    append(UInt8(text.count))
    append(UnsafeRawBufferPointer(text))
    return true
  }

  /// A string of at most 255 bytes; false, and nothing written, if it is longer.
  mutating func append(short text: String) -> Bool {
    let count = text.utf8.count
    guard count <= 255 else { return false }
    append(UInt8(count))
    append(text, count)
    return true
  }

  mutating func append(long text: String) {
    let count = text.utf8.count
    append(UInt32(truncatingIfNeeded: count))
    append(text, count)
  }

  private mutating func append(_ text: String, _ count: Int) {
    let target = room(for: count)
    // Most strings lie in one piece.
    let isCopied: Void? = text.utf8.withContiguousStorageIfAvailable {
      target.copyMemory(from: UnsafeRawBufferPointer($0))
    }
    if isCopied == nil { target.copyBytes(from: text.utf8) }
  }

  /// Writes what `body` writes with its length in four bytes before it.
  mutating func appendMeasured(_ body: (inout OutputBuffer) -> Bool) -> Bool {
    let start = length
    append(UInt32(0))
    guard body(&self) else { return false }
    setLength(at: start, from: start + 4)
    return true
  }

  /// Writes into four bytes at `place` how many bytes stand from `start` to the end.
  mutating func setLength(at place: Int, from start: Int) {
    precondition(place >= 0 && place + 4 <= length)
    let size = UInt32(truncatingIfNeeded: length - start)
    memory.storeBytes(of: size.bigEndian, toByteOffset: place, as: UInt32.self)
  }

  /// Writes a number into two bytes at `place`.
  mutating func set(_ value: UInt16, at place: Int) {
    precondition(place >= 0 && place + 2 <= length)
    memory.storeBytes(of: value.bigEndian, toByteOffset: place, as: UInt16.self)
  }

  private mutating func append<Value: BitwiseCopyable>(fixed value: Value) {
    room(for: MemoryLayout<Value>.size).storeBytes(of: value, as: Value.self)
  }

  /// The next `count` bytes, which count as written.
  @inline(__always)
  private mutating func room(for count: Int) -> UnsafeMutableRawBufferPointer {
    if capacity - length < count { grow(by: count) }
    defer { length += count }
    return UnsafeMutableRawBufferPointer(start: memory + length, count: count)
  }

  @inline(never)
  private mutating func grow(by count: Int) {
    capacity = max(2 * capacity, length + count)
    memory = Self.memory(capacity, insteadOf: memory)
  }

  private static func memory(
    _ capacity: Int, insteadOf memory: UnsafeMutableRawPointer? = nil
  ) -> UnsafeMutableRawPointer {
    guard let memory = realloc(memory, capacity) else {
      fatalError("no memory for \(capacity) bytes of frames")  // sound: as in Swift itself
    }
    return memory
  }
}
