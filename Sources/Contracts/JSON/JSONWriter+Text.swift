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
    var length = 1
    while rest > 9 {
      rest /= 10
      length += 1
    }
    rest = number.magnitude
    for place in stride(from: length - 1, through: 0, by: -1) {
      self[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    self += length
  }

  /// Copies text that can stand in quotes as it is: it holds no control character, quote or backslash. False, with anything put there,
  /// where it does.
  ///
  /// Looks at eight bytes at a time, the last eight perhaps a second time; `simple` in the tests does the same byte by byte.
  mutating func put(plain text: UnsafeBufferPointer<UInt8>) -> Bool {
    defer { self += text.count }
    guard text.count >= 8 else {
      for index in text.indices {
        if text[index] < 0x20 || text[index] == 0x22 || text[index] == 0x5C { return false }
        self[index] = text[index]
      }
      return true
    }
    let (source, target) = (UnsafeRawBufferPointer(text), UnsafeMutableRawPointer(self))
    var offset = 0
    while true {
      let word = source.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      if word.holdsEscape { return false }
      target.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
      if offset + 8 == text.count { return true }
      offset = Swift.min(offset + 8, text.count - 8)
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

extension UInt64 {
  /// Whether one of its eight bytes is below 0x20, a quote or a backslash: subtracting borrows into the high bit of just those bytes,
  /// and perhaps of their neighbours above.
  fileprivate var holdsEscape: Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = self ^ (ones &* 0x22)
    let backslashes = self ^ (ones &* 0x5C)
    let found =
      ((self &- ones &* 0x20) & ~self) | ((quotes &- ones) & ~quotes)
      | ((backslashes &- ones) & ~backslashes)
    return found & (ones &* 0x80) != 0
  }
}
