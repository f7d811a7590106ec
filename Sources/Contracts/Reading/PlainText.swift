// Texts as they stand in a document, looked at eight bytes at a time.
extension UnsafeBufferPointer<UInt8> {
  /// Where the quote stands that ends the text from there on; nil where anything but printable ASCII without escapes comes before it.
  func endOfPlainText(from start: Int) -> Int? { endOfText(from: start) { $0.marks } }

  /// The same for a text of any characters without escapes, which may turn out not to be UTF-8.
  func endOfText(from start: Int) -> Int? { endOfText(from: start) { $0.marksAmongAny } }

  /// - Parameter marks: Of eight bytes; the lowest is for a byte that ends the text, by its end or by being none of it.
  @inline(__always)
  private func endOfText(from start: Int, marks: (UInt64) -> UInt64) -> Int? {
    var position = start
    let raw = UnsafeRawBufferPointer(self)
    while position + 8 <= count {
      let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      let found = marks(UInt64(littleEndian: word))
      guard found == 0 else {
        position += found.trailingZeroBitCount / 8
        return self[position] == UInt8(ascii: "\"") ? position : nil
      }
      position += 8
    }
    // The last few one by one, each among letters.
    while position < count {
      guard marks(0x6161_6161_6161_6100 | UInt64(self[position])) == 0 else {
        return self[position] == UInt8(ascii: "\"") ? position : nil
      }
      position += 1
    }
    return nil
  }

  /// Whether these are the bytes of a word.
  ///
  /// Inlined, so that a word in the code is compared as a number or two.
  @inline(__always)
  func says(_ word: StaticString) -> Bool {
    says(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
  }

  /// Whether these are the same bytes as those.
  @inline(__always)
  func says(_ those: UnsafeBufferPointer<UInt8>) -> Bool {
    guard count == those.count else { return false }
    let (these, those) = (UnsafeRawBufferPointer(self), UnsafeRawBufferPointer(those))
    // Both have as many bytes. The last look may see some of them a second time.
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

  /// Marks the high bit of control characters, quotes and backslashes in the same way; other bytes than ASCII have none.
  fileprivate var marksAmongAny: UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = self ^ (ones &* 0x22)
    let backslashes = self ^ (ones &* 0x5C)
    let others = (self &- ones &* 0x20) | (quotes &- ones) | (backslashes &- ones)
    return others & ~self & (ones &* 0x80)
  }
}
