extension JSONWriter {
  /// Appends text in quotes, a comma before it where one is due, and a colon behind it where it is a name: put together on the stack,
  /// so that the buffer is asked for room once and not four times.
  @inline(__always)
  mutating func appendQuoted(_ text: UnsafeBufferPointer<UInt8>, isName: Bool) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count + 4) { piece in
      var count = 0
      if needsComma {
        piece[count] = UInt8(ascii: ",")
        count += 1
      }
      piece[count] = UInt8(ascii: "\"")
      count += 1
      let end = count + text.count
      _ = UnsafeMutableBufferPointer(rebasing: piece[count..<end]).update(fromContentsOf: text)
      piece[end] = UInt8(ascii: "\"")
      count = end + 1
      if isName {
        piece[count] = UInt8(ascii: ":")
        count += 1
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: piece[..<count]))
    }
    needsComma = !isName
  }

  /// Whether text can stand in quotes as it is: it holds no control character, quote or backslash.
  ///
  /// Looks at eight bytes at a time; `plainText` in the tests says the same byte by byte.
  static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let raw = UnsafeRawBufferPointer(text)
    var offset = 0
    while offset + 8 <= raw.count {
      let word = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      if mayNeedEscape(word) { return !text[offset...].contains(where: needsEscape) }
      offset += 8
    }
    return !text[offset...].contains(where: needsEscape)
  }

  /// Whether one of eight bytes is below 0x20, a quote or a backslash: subtracting borrows into the high bit of just those bytes, and
  /// perhaps of their neighbours.
  private static func mayNeedEscape(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = word ^ (ones &* 0x22)
    let backslashes = word ^ (ones &* 0x5C)
    let found =
      ((word &- ones &* 0x20) & ~word) | ((quotes &- ones) & ~quotes)
      | ((backslashes &- ones) & ~backslashes)
    return found & (ones &* 0x80) != 0
  }

  static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }
}
