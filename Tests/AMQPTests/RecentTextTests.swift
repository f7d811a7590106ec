import CRabbitMQ
import Testing

@testable import AMQP

@Suite("A text that is mostly the same as the last time")
struct RecentTextTests {
  @Test("It is what the bytes say each time, and tells when it is another")
  func follows() {
    var recent = RecentText()
    let texts = ["", "a.b.v1", "a.b.v1", "a.b.v2", "a.b", "", "", "é", "a.b.v1"]
    var changes: [Bool] = []
    for text in texts {
      var bytes = Array(text.utf8)
      bytes.withUnsafeMutableBytes {
        changes.append(recent.becomes(amqp_bytes_t(len: $0.count, bytes: $0.baseAddress)))
      }
      #expect(recent.text == text && recent.isExact)
    }
    #expect(changes == [false, true, false, true, true, true, false, true, true])
  }

  @Test("Bytes that are not UTF-8 are mended anew each time")
  func mended() {
    var recent = RecentText()
    for _ in 0..<2 {
      var bytes: [UInt8] = [97, 255]
      let isOther = bytes.withUnsafeMutableBytes {
        recent.becomes(amqp_bytes_t(len: $0.count, bytes: $0.baseAddress))
      }
      #expect(isOther && recent.text == "a\u{FFFD}" && !recent.isExact)
    }
    var bytes = Array("a\u{FFFD}".utf8)
    bytes.withUnsafeMutableBytes {
      _ = recent.becomes(amqp_bytes_t(len: $0.count, bytes: $0.baseAddress))
    }
    #expect(recent.text == "a\u{FFFD}" && recent.isExact)
  }
}
