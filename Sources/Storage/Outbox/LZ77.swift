/// Makes bytes that repeat themselves shorter, as those of a batch's messages do: all but their ids
/// and amounts is the same from message to message.
///
/// Looks for eight bytes that have been there before, as LZ4 does, and copies from there on. The
/// format: bytes as they are (their number, then they), then a copy (its length, and how far back it
/// begins), and so on; a copy of length 0 is the end. Numbers are variable-length integers, seven
/// bits a byte, the low ones first.
enum LZ77 {
  /// Copies are of so many bytes at least: more than it takes to tell of one.
  private static let shortest = 8
  private static let tableBits = 12

  /// At most a sixty-fourth and 32 bytes longer than what is given.
  static func compress(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: bytes.count + bytes.count / 64 + 32) { buffer, count in
      // Where the eight bytes of a hash were seen last.
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 1 << tableBits) { table in
        table.initialize(repeating: 0)
        bytes.withUnsafeBytes { source in
          var writer = Writer(buffer: UnsafeMutableRawBufferPointer(buffer))
          compress(source, table, &writer)
          count = writer.count
        }
      }
    }
  }

  private static func compress(
    _ source: UnsafeRawBufferPointer, _ table: UnsafeMutableBufferPointer<UInt32>,
    _ writer: inout Writer
  ) {
    var begin = 0
    var index = 1
    while index + shortest <= source.count {
      let word = source.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let slot = Int((word &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - tableBits))
      var origin = Int(table[slot])
      table[slot] = UInt32(truncatingIfNeeded: index)
      // Each place was put into the table when it was passed: the origin lies before the index.
      guard origin < index, source.loadUnaligned(fromByteOffset: origin, as: UInt64.self) == word
      else {
        // Where nothing has been found for long, nothing is expected soon.
        index += 1 + (index - begin) >> 6
        continue
      }
      var end = index + shortest
      end += commonLength(source, origin + shortest, end)
      while index > begin, origin > 0, source[index - 1] == source[origin - 1] {
        index -= 1
        origin -= 1
      }
      writer.run(source[begin..<index])
      writer.integer(end - index)
      writer.integer(index - origin)
      begin = end
      index = end
    }
    writer.run(source[begin...])
    writer.integer(0)
  }

  /// How many bytes from two places on are the same.
  private static func commonLength(
    _ source: UnsafeRawBufferPointer, _ first: Int, _ second: Int
  ) -> Int {
    var length = 0
    while second + length + 8 <= source.count {
      let difference =
        source.loadUnaligned(fromByteOffset: first + length, as: UInt64.self)
        ^ source.loadUnaligned(fromByteOffset: second + length, as: UInt64.self)
      // Bytes in memory, from the first on, are from the low bits up on every machine we build for.
      if difference != 0 { return length + difference.littleEndian.trailingZeroBitCount / 8 }
      length += 8
    }
    while second + length < source.count, source[first + length] == source[second + length] {
      length += 1
    }
    return length
  }

  /// - Throws: `PageDamage` if the bytes are not what `compress` made of so many.
  static func decompress(_ bytes: ArraySlice<UInt8>, count: Int) throws(PageDamage) -> [UInt8] {
    var reader = OutboxByteReader(bytes)
    var result: [UInt8] = []
    while true {
      let run = try reader.take(try reader.count())
      guard run.count <= count - result.count else { throw PageDamage("it is too long") }
      result.append(contentsOf: run)
      let length = try reader.integer()
      if length == 0 { break }
      let distance = try reader.integer()
      guard length <= count - result.count else { throw PageDamage("it is too long") }
      guard distance >= 1, distance <= result.count else {
        throw PageDamage("it repeats what is not there")
      }
      // What is repeated may reach into its repetition.
      let origin = result.count - distance
      for index in origin..<origin + length { result.append(result[index]) }
    }
    guard reader.isAtEnd, result.count == count else { throw PageDamage("it has another length") }
    return result
  }
}

extension LZ77 {
  /// Writes into memory that is known to be enough.
  private struct Writer {
    let buffer: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

    mutating func run(_ bytes: Slice<UnsafeRawBufferPointer>) {
      integer(bytes.count)
      let end = count + bytes.count
      UnsafeMutableRawBufferPointer(rebasing: buffer[count..<end])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes))
      count = end
    }

    mutating func integer(_ integer: Int) {
      var rest = UInt(bitPattern: integer)
      while rest > 0x7f {
        buffer[count] = UInt8(truncatingIfNeeded: rest) | 0x80
        count += 1
        rest >>= 7
      }
      buffer[count] = UInt8(truncatingIfNeeded: rest)
      count += 1
    }
  }
}
