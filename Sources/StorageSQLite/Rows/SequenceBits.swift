/// A set of consecutive sequences, one bit each: which messages of a page are left, say.
///
/// The outbox stores it as bytes, the lowest sequence in the lowest bit of the first one.
struct SequenceBits: Equatable {
  let sequences: ClosedRange<Int64>
  private(set) var bytes: [UInt8]

  /// None of the sequences.
  init(noneOf sequences: ClosedRange<Int64>) {
    self.sequences = sequences
    bytes = Array(repeating: 0, count: (sequences.count + 7) / 8)
  }

  /// All of the sequences.
  init(allOf sequences: ClosedRange<Int64>) {
    self.init(noneOf: sequences)
    for sequence in sequences { insert(sequence) }
  }

  /// Reads `bytes`; nil if they are not of as many sequences, or have bits of later ones.
  init?(_ bytes: [UInt8], from first: Int64, to last: Int64) {
    let (distance, overflow) = last.subtractingReportingOverflow(first)
    guard !overflow, distance >= 0, distance / 8 + 1 == Int64(bytes.count) else { return nil }
    let used = distance % 8 + 1
    guard bytes.last.map({ $0 >> used == 0 }) == true else { return nil }
    sequences = first...last
    self.bytes = bytes
  }

  var isEmpty: Bool { bytes.allSatisfy { $0 == 0 } }
  var count: Int { bytes.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// How many are in both sets, which are of the same sequences.
  func count(alsoIn other: SequenceBits) -> Int {
    zip(bytes, other.bytes).reduce(0) { $0 + ($1.0 & $1.1).nonzeroBitCount }
  }

  func contains(_ sequence: Int64) -> Bool {
    let (index, bit) = place(of: sequence)
    return bytes[index] & bit != 0
  }

  mutating func insert(_ sequence: Int64) {
    let (index, bit) = place(of: sequence)
    bytes[index] |= bit
  }

  /// Takes out whatever of a range is in it.
  mutating func subtract(_ range: ClosedRange<Int64>) {
    guard range.overlaps(sequences) else { return }
    for sequence in range.clamped(to: sequences) {
      let (index, bit) = place(of: sequence)
      bytes[index] &= ~bit
    }
  }

  private func place(of sequence: Int64) -> (index: Int, bit: UInt8) {
    let offset = Int(sequence - sequences.lowerBound)
    return (offset >> 3, 1 << UInt8(offset & 7))
  }
}
