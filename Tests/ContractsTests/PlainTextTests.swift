import Seeding
import Testing

@testable import Contracts

@Suite("Plain texts in documents")
struct PlainTextTests {
  /// The end of a text, decided byte by byte: what the scanners look at eight bytes at a time is compared with.
  private func simpleEnd(_ bytes: [UInt8], from start: Int) -> Int? {
    for place in start..<bytes.count {
      if bytes[place] == UInt8(ascii: "\"") { return place }
      guard 0x20..<0x7F ~= bytes[place], bytes[place] != UInt8(ascii: "\\") else { return nil }
    }
    return nil
  }

  /// The same for texts of any characters.
  private func simpleEndOfAny(_ bytes: [UInt8], from start: Int) -> Int? {
    for place in start..<bytes.count {
      if bytes[place] == UInt8(ascii: "\"") { return place }
      guard bytes[place] >= 0x20, bytes[place] != UInt8(ascii: "\\") else { return nil }
    }
    return nil
  }

  @Test("A text ends at its quote, if nothing but printable ASCII, or no escape, comes before it")
  func ends() {
    var numbers = SeededGenerator(seed: 21)
    for byte in UInt8.min ... .max {
      for place in 0..<24 {
        var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 32)
        bytes[place] = byte
        bytes[Int.random(in: place..<32, using: &numbers)] =
          [0x22, 0x22, 0x5C, 0x1F, 0x7F, 0xC3][
            Int.random(in: 0..<6, using: &numbers)]
        for start in [0, 3, 8, 31] {
          let end = bytes.withUnsafeBufferPointer { $0.endOfPlainText(from: start) }
          #expect(end == simpleEnd(bytes, from: start))
          let endOfAny = bytes.withUnsafeBufferPointer { $0.endOfText(from: start) }
          #expect(endOfAny == simpleEndOfAny(bytes, from: start))
        }
      }
    }
  }

  @Test(
    "A word is told from every other of its length, at each of its places",
    arguments: [
      "", "a", "ab", "abc", "abcd", "abcdefg", "abcdefgh", "abcdefghi", "abcdefghijklmnop",
    ])
  func words(word: String) {
    #expect(says(Array(word.utf8), word))
    #expect(!says(Array(word.utf8) + [0x61], word))
    for place in word.utf8.indices {
      var other = Array(word.utf8)
      other[word.utf8.distance(from: word.utf8.startIndex, to: place)] ^= 1
      #expect(!says(other, word))
    }
  }

  private func says(_ bytes: [UInt8], _ word: String) -> Bool {
    let words: [String: StaticString] = [
      "": "", "a": "a", "ab": "ab", "abc": "abc", "abcd": "abcd", "abcdefg": "abcdefg",
      "abcdefgh": "abcdefgh", "abcdefghi": "abcdefghi", "abcdefghijklmnop": "abcdefghijklmnop",
    ]
    return bytes.withUnsafeBufferPointer { bytes in words[word].map(bytes.says) ?? false }
  }
}
