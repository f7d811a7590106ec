// Texts of printable ASCII as they stand in a document, looked at eight bytes at a time.
extension UnsafeBufferPointer<UInt8> {
  /// Where the quote stands that ends the text from there on; nil where anything but printable ASCII without escapes comes before it.
  func endOfPlainText(from start: Int) -> Int? {
    var position = start
    let raw = UnsafeRawBufferPointer(self)
    while position + 8 <= count {
      let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      let marks = UInt64(littleEndian: word).marks
      guard marks == 0 else {
        position += marks.trailingZeroBitCount / 8
        return self[position] == UInt8(ascii: "\"") ? position : nil
      }
      position += 8
    }
    while position < count, self[position] != UInt8(ascii: "\"") {
      guard 0x20..<0x7F ~= self[position], self[position] != UInt8(ascii: "\\") else { return nil }
      position += 1
    }
    return position < count ? position : nil
  }

  /// Whether these are the bytes of a word.
  ///
  /// Inlined, so that a word in the code is compared as a number or two.
  @inline(__always)
  func says(_ word: StaticString) -> Bool {
    guard count == word.utf8CodeUnitCount else { return false }
    let (these, those) = (UnsafeRawBufferPointer(self), UnsafeRawPointer(word.utf8Start))
    // sound: both have as many bytes. The last look may see some of them a second time.
    func differ<Word: FixedWidthInteger & BitwiseCopyable>(_: Word.Type, at offset: Int) -> Bool {
      these.loadUnaligned(fromByteOffset: offset, as: Word.self)
        != those.loadUnaligned(fromByteOffset: offset, as: Word.self)
    }
    if count >= 8 {
      for offset in stride(from: 0, to: count - 8, by: 8) where differ(UInt64.self, at: offset) {
        return false
      }
      return !differ(UInt64.self, at: count - 8)
    }
    if count >= 4 { return !differ(UInt32.self, at: 0) && !differ(UInt32.self, at: count - 4) }
    if count >= 2 { return !differ(UInt16.self, at: 0) && !differ(UInt16.self, at: count - 2) }
    return count == 0 || !differ(UInt8.self, at: 0)
  }
}

extension UInt64 {
  /// Marks the high bit of bytes that are not printable ASCII, or a quote or a backslash: the lowest of them for sure, as nothing was
  /// borrowed below it, and perhaps some above that are none.
  fileprivate var marks: UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = self ^ (ones &* 0x22)
    let backslashes = self ^ (ones &* 0x5C)
    let deletes = self ^ (ones &* 0x7F)
    let others =
      self | (self &- ones &* 0x20) | (quotes &- ones) | (backslashes &- ones) | (deletes &- ones)
    return others & (ones &* 0x80)
  }
}
