extension TimeZoneRules {
  /// Reads a compiled zone of RFC 8536 (TZif, version 2 or later); nil if it is damaged.
  ///
  /// Zones that count leap seconds (`right/…`) are refused: billing does not.
  init?(identifier: String, compiled bytes: [UInt8]) {
    var reader = BigEndianReader(bytes: bytes)
    guard
      let old = CompiledHeader(&reader), old.version >= 0x32,
      reader.skip(old.dataLength(timeSize: 4)),
      let header = CompiledHeader(&reader), header.leapSeconds == 0, header.types > 0,
      let times = reader.numbers(header.times, size: 8),
      let kinds = reader.numbers(header.times, size: 1),
      let offsets = reader.offsets(header.types),
      kinds.allSatisfy({ offsets.indices.contains(Int($0)) }),
      zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }),
      reader.skip(header.designations + header.standardFlags + header.universalFlags),
      let footer = reader.line()
    else { return nil }

    var transitions: [Transition] = []
    var offset = offsets[0]
    for (time, kind) in zip(times, kinds) where offsets[Int(kind)] != offset {
      let after = offsets[Int(kind)]
      transitions.append(Transition(at: time, before: offset, after: after))
      offset = after
    }
    var repeats = false
    if !footer.isEmpty {
      guard let rule = YearlyOffsetRule(posix: footer) else { return nil }
      let generated = rule.transitions(after: times.last ?? 0, from: offset)
      transitions += generated
      repeats = rule.changesYearly
    }
    self.init(
      identifier: identifier, initialOffset: offsets[0], transitions: transitions,
      repeats: repeats)
  }
}

/// The counts at the head of a block of a compiled zone.
private struct CompiledHeader {
  let version: UInt8
  let universalFlags: Int
  let standardFlags: Int
  let leapSeconds: Int
  let times: Int
  let types: Int
  let designations: Int

  init?(_ reader: inout BigEndianReader) {
    guard reader.read("TZif"), let version = reader.byte(), reader.skip(15) else { return nil }
    guard let counts = reader.numbers(6, size: 4), counts.allSatisfy({ $0 < 1 << 20 && $0 >= 0 })
    else { return nil }
    self.version = version
    universalFlags = Int(counts[0])
    standardFlags = Int(counts[1])
    leapSeconds = Int(counts[2])
    times = Int(counts[3])
    types = Int(counts[4])
    designations = Int(counts[5])
  }

  func dataLength(timeSize: Int) -> Int {
    times * (timeSize + 1) + types * 6 + designations + leapSeconds * (timeSize + 4)
      + standardFlags + universalFlags
  }
}

/// Reads numbers off the front of bytes; answers nil at their end.
private struct BigEndianReader {
  let bytes: [UInt8]
  var position = 0

  mutating func skip(_ count: Int) -> Bool {
    guard bytes.count - position >= count else { return false }
    position += count
    return true
  }

  mutating func byte() -> UInt8? {
    guard position < bytes.count else { return nil }
    position += 1
    return bytes[position - 1]
  }

  mutating func read(_ mark: String) -> Bool {
    for expected in mark.utf8 where byte() != expected { return false }
    return true
  }

  /// Signed numbers of `size` bytes; single bytes are unsigned.
  mutating func numbers(_ count: Int, size: Int) -> [Int64]? {
    guard bytes.count - position >= count * size else { return nil }
    return (0..<count).map { _ in
      var number: UInt64 = 0
      for _ in 0..<size {
        number = number << 8 | UInt64(bytes[position])
        position += 1
      }
      return size == 4 ? Int64(Int32(truncatingIfNeeded: number)) : Int64(bitPattern: number)
    }
  }

  /// The offsets of so many local time types; their other fields are skipped.
  mutating func offsets(_ count: Int) -> [Int64]? {
    var offsets: [Int64] = []
    for _ in 0..<count {
      guard let offset = numbers(1, size: 4), skip(2) else { return nil }
      offsets += offset
    }
    return offsets
  }

  /// The text between two line feeds.
  mutating func line() -> String? {
    guard byte() == UInt8(ascii: "\n"), let end = bytes[position...].firstIndex(of: 10) else {
      return nil
    }
    return String(decoding: bytes[position..<end], as: UTF8.self)
  }
}
