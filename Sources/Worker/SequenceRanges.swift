/// Sequences gathered in any order and given out as the fewest ranges.
struct SequenceRanges: Equatable {
  private var sequences: [Int64] = []

  var isEmpty: Bool { sequences.isEmpty }
  var count: Int { sequences.count }

  mutating func insert(_ sequence: Int64) {
    sequences.append(sequence)
  }

  /// Gives all ranges out, at most `limit` sequences, lowest first; the rest stays.
  mutating func take(limit: Int) -> [ClosedRange<Int64>] {
    sequences.sort()
    var ranges: [ClosedRange<Int64>] = []
    for sequence in sequences.prefix(limit) {
      if let last = ranges.last, sequence <= last.upperBound + 1 {
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, sequence)
      } else {
        ranges.append(sequence...sequence)
      }
    }
    sequences.removeFirst(min(limit, sequences.count))
    return ranges
  }

  /// Takes back what was given out and not used.
  mutating func restore(_ ranges: [ClosedRange<Int64>]) {
    for range in ranges { sequences.append(contentsOf: range) }
  }
}
