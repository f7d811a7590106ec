import Testing

@testable import Storage

@Suite("Compressed pages of the outbox")
struct LZ77Tests {
  /// What is the same, what repeats itself, what does neither, and what is mixed of pieces.
  private static let inputs: [[UInt8]] = {
    var generator = Steps(state: 7)
    let noise = (0..<5_000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    var inputs: [[UInt8]] = [[], [1], Array(repeating: 0, count: 10_000), noise]
    inputs += (0..<40).map { Array(noise.prefix($0)) + Array(noise.prefix($0)) }
    inputs += (1..<20).map { period in (0..<300).map { UInt8($0 % period) } }
    inputs += (0..<60).map { _ in
      (0..<40).flatMap { _ in
        let start = Int(generator.next() % 300)
        return noise[start..<start + Int(generator.next() % 60)]
      }
    }
    return inputs
  }()

  @Test("What was compressed comes back, and is never much longer")
  func roundTrip() throws {
    for input in Self.inputs {
      let compressed = LZ77.compress(input)
      #expect(compressed.count <= input.count + input.count / 64 + 32)
      #expect(try LZ77.decompress(compressed[...], count: input.count) == input)
    }
  }

  @Test("Messages that differ by an id take a tenth")
  func ratio() {
    let events = (0..<256).map {
      #"{"specversion":"1.0","id":"\#($0)","source":"/resize-worker","type":"payment.requested.v1"}"#
    }
    let bytes = Array(events.joined().utf8)
    #expect(LZ77.compress(bytes).count < bytes.count / 10)
  }

  @Test("Of another length, cut off or with a byte after them they are refused")
  func refused() {
    for input in Self.inputs.suffix(60) {
      let compressed = LZ77.compress(input)
      for count in [input.count - 1, input.count + 1, -1, 0] where count != input.count {
        #expect(throws: PageDamage.self) { try LZ77.decompress(compressed[...], count: count) }
      }
      for length in compressed.indices {
        #expect(throws: PageDamage.self) {
          try LZ77.decompress(compressed.prefix(length), count: input.count)
        }
      }
      #expect(throws: PageDamage.self) {
        try LZ77.decompress(compressed + [0], count: input.count)
      }
    }
  }

  @Test(
    "A copy from before the beginning, of itself or over the end is refused",
    arguments: [
      [0, 8, 1, 0, 0], [1, 65, 8, 2, 0, 0], [1, 65, 8, 0, 0, 0], [1, 65, 9, 1, 0, 0],
      [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1], [200, 1],
    ] as [[UInt8]])
  func impossible(compressed: [UInt8]) {
    #expect(throws: PageDamage.self) { try LZ77.decompress(compressed[...], count: 9) }
  }

  @Test("No changed byte breaks the reader")
  func changed() {
    for input in Self.inputs.suffix(3) {
      let compressed = LZ77.compress(input)
      for index in compressed.indices {
        for value in [0, 1, 0x7f, 0x80, 0xff] as [UInt8] {
          var changed = compressed
          changed[index] = value
          _ = try? LZ77.decompress(changed[...], count: input.count)
        }
      }
    }
  }

  @Test("The checksum is that of RFC 1950")
  func checksum() {
    #expect(Adler32.sum(of: []) == 1)
    #expect(Adler32.sum(of: Array("Wikipedia".utf8)[...]) == 0x11E6_0398)
    #expect(Adler32.sum(of: Array(repeating: 0xff, count: 100_000)[...]) == 0x149A_302C)
    #expect(Adler32.bytes(of: Array("Wikipedia".utf8)[...]) == [0x98, 0x03, 0xE6, 0x11])
  }
}

/// SplitMix64.
private struct Steps {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return bits ^ bits >> 31
  }
}
