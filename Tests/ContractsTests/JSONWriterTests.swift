import Seeding
import Testing

@testable import Contracts

@Suite("Writing JSON")
struct JSONWriterTests {
  /// A string as it stands in a document, decided byte by byte: what the writer looks at eight bytes at a time is compared with.
  private func simple(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x0A: bytes += Array("\\n".utf8)
      case 0x0D: bytes += Array("\\r".utf8)
      case 0x09: bytes += Array("\\t".utf8)
      case 0..<0x20:
        bytes += Array((byte < 16 ? "\\u000" : "\\u00").utf8) + Array(String(byte, radix: 16).utf8)
      default: bytes.append(byte)
      }
    }
    return bytes + [UInt8(ascii: "\"")]
  }

  private func written(_ text: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.string(text)
    return writer.bytes
  }

  @Test("Each character, wherever it stands among eight others, is written as one by one")
  func places() {
    for byte in UInt8(0)..<0x80 {
      for length in [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 20, 32, 33] {
        for place in 0..<length {
          var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: length)
          bytes[place] = byte
          let text = String(decoding: bytes, as: UTF8.self)
          #expect(written(text) == simple(text))
        }
      }
    }
  }

  @Test("Texts of any characters and lengths are written as one by one")
  func texts() {
    var numbers = SeededGenerator(seed: 12)
    let alphabet = Array("ab \"\\\n\t\r\u{1}\u{1f}\u{7f}é€😀!#[]")
    for _ in 0..<3_000 {
      let length = Int.random(in: 0..<40, using: &numbers)
      let text = String(
        (0..<length).map { _ in alphabet[Int.random(in: alphabet.indices, using: &numbers)] })
      #expect(written(text) == simple(text))
    }
  }

  @Test("Members and elements are parted by commas, whatever wrote them")
  func commas() {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("a", "1")
    writer.members(Array(#""b":"2","c":"3""#.utf8))
    writer.name("d")
    writer.beginArray()
    writer.string("x")
    writer.string("a quote \" in it")
    writer.string("y")
    writer.endArray()
    writer.member("e", 5)
    writer.endObject()
    #expect(
      String(decoding: writer.bytes, as: UTF8.self)
        == #"{"a":"1","b":"2","c":"3","d":["x","a quote \" in it","y"],"e":5}"#)
  }

  @Test("Whole numbers are written as the standard library prints them")
  func integers() {
    var numbers = SeededGenerator(seed: 13)
    var all: [Int64] = [0, 9, 10, 99, 100, -1, -10, .max, .min]
    for shift in 0..<64 {
      let bits = UInt64.random(in: .min ... .max, using: &numbers)
      all.append(Int64(truncatingIfNeeded: bits >> shift))
    }
    for number in all {
      var writer = JSONWriter()
      writer.integer(number)
      #expect(String(decoding: writer.bytes, as: UTF8.self) == String(number))
    }
  }

  @Test("A document longer than a writer's first memory is whole")
  func growth() {
    var writer = JSONWriter()
    writer.beginArray()
    for number in 0..<500 { writer.string("text \(number)\n") }
    writer.endArray()
    let texts = (0..<500).map { #""text \#($0)\n""# }.joined(separator: ",")
    #expect(String(decoding: writer.bytes, as: UTF8.self) == "[" + texts + "]")
  }

  @Test("Writers that live at the same time, here and on other threads, have memory of their own")
  func ownMemory() async {
    await withTaskGroup(of: Bool.self) { group in
      for task in 0..<8 {
        group.addTask {
          (0..<500).allSatisfy { round in
            var outer = JSONWriter()
            outer.string("outer \(task) \(round)")
            var inner = JSONWriter()
            inner.string("inner \(task) \(round)")
            return String(decoding: outer.bytes, as: UTF8.self) == #""outer \#(task) \#(round)""#
              && String(decoding: inner.bytes, as: UTF8.self) == #""inner \#(task) \#(round)""#
          }
        }
      }
      for await isWhole in group { #expect(isWhole) }
    }
  }
}
