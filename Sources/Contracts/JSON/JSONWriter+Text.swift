import Resizing

// The end of a writer's buffer, which moves with what is put there. Whoever puts has asked for the room.
extension UnsafeMutablePointer<UInt8> {
  @inline(__always)
  mutating func put(_ character: Unicode.Scalar) { put(UInt8(ascii: character)) }

  @inline(__always)
  mutating func put(_ byte: UInt8) {
    pointee = byte
    self += 1
  }

  @inline(__always)
  mutating func put(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    update(from: bytes, count: count)
    self += count
  }

  @inline(__always)
  mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
    if let first = bytes.baseAddress { put(first, bytes.count) }
  }

  /// A whole number in decimal: 20 bytes at most.
  mutating func put(decimal number: Int64) {
    if number < 0 { put("-") }
    var rest = number.magnitude
    var (length, limit) = (1, 10 as UInt64)
    // The magnitude has 19 digits at most.
    while length < 19, rest >= limit {
      limit &*= 10
      length += 1
    }
    for place in stride(from: length - 1, through: 0, by: -1) {
      self[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    self += length
  }

  /// Copies text that can stand in quotes as it is: it holds no control character, quote or backslash. False, with anything put there,
  /// where it does.
  ///
  /// Looks at sixteen bytes at a time, the last of them perhaps a second time; `simple` in the tests does the same byte by byte.
  @inline(__always)
  mutating func put(plain text: UnsafeBufferPointer<UInt8>) -> Bool {
    let count = text.count
    defer { self += count }
    let (source, target) = (UnsafeRawBufferPointer(text), UnsafeMutableRawPointer(self))
    func copy<Word: BitwiseCopyable>(_: Word.Type, at offset: Int) -> Word {
      let word = source.loadUnaligned(fromByteOffset: offset, as: Word.self)
      target.storeBytes(of: word, toByteOffset: offset, as: Word.self)
      return word
    }
    switch count {
    case 16...:
      var offset = 0
      while offset + 16 < count {
        if copy(SIMD2<UInt64>.self, at: offset).holdsEscape { return false }
        offset += 16
      }
      return !copy(SIMD2<UInt64>.self, at: count - 16).holdsEscape
    case 8...:
      let first = copy(UInt64.self, at: 0)
      return !SIMD2(first, copy(UInt64.self, at: count - 8)).holdsEscape
    case 4...:
      let first = UInt64(copy(UInt32.self, at: 0))
      return !SIMD2(repeating: first << 32 | UInt64(copy(UInt32.self, at: count - 4))).holdsEscape
    default:
      for index in text.indices {
        if text[index] < 0x20 || text[index] == 0x22 || text[index] == 0x5C { return false }
        self[index] = text[index]
      }
      return true
    }
  }

  /// One byte of a text in quotes: 6 bytes at most.
  mutating func put(escaped byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      put("\\")
      put(byte)
    case 0x0A: put(word: "\\n")
    case 0x0D: put(word: "\\r")
    case 0x09: put(word: "\\t")
    case 0..<0x20:
      put(word: byte < 0x10 ? "\\u000" : "\\u001")
      put(UInt8(byte & 0xF < 10 ? 0x30 : 0x57) + byte & 0xF)
    default: put(byte)
    }
  }

  private mutating func put(word: StaticString) { put(word.utf8Start, word.utf8CodeUnitCount) }
}

extension SIMD2<UInt64> {
  /// Whether one of its sixteen bytes is below 0x20, a quote or a backslash: subtracting borrows into the high bit of just those bytes,
  /// and perhaps of their neighbours above. A byte whose own high bit is set is none of them.
  @inline(__always)
  fileprivate var holdsEscape: Bool {
    let ones = SIMD2(repeating: 0x0101_0101_0101_0101)
    let quotes = self ^ (ones &* SIMD2(repeating: 0x22))
    let backslashes = self ^ (ones &* SIMD2(repeating: 0x5C))
    let borrows =
      (self &- ones &* SIMD2(repeating: 0x20)) | (quotes &- ones) | (backslashes &- ones)
    let found = borrows & ~self & (ones &* SIMD2(repeating: 0x80))
    return found.x | found.y != 0
  }
}
