import Resizing
import Testing

@Suite("Back-off with full jitter")
struct BackOffTests {
  private let backOff = BackOff(baseMilliseconds: 1_000, ceilingMilliseconds: 60_000)

  private func waits(afterAttempt attempt: Int, count: Int = 16_000) -> [Int64] {
    (0..<count).map { backOff.wait(afterAttempt: attempt, key: "pay_request-\($0)") }
  }

  @Test("The longest wait doubles with each attempt and stops at the ceiling")
  func doubles() {
    let longest = (1...9).map { backOff.longest(afterAttempt: $0) }
    #expect(longest == [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
    #expect(backOff.longest(afterAttempt: .max) == 60_000)
  }

  @Test("Waits are spread evenly from nothing to the longest", arguments: [1, 2, 5, 40])
  func even(attempt: Int) {
    let longest = backOff.longest(afterAttempt: attempt)
    var buckets = Array(repeating: 0, count: 16)
    for wait in waits(afterAttempt: attempt) {
      #expect((0...longest).contains(wait))
      buckets[Int(wait * 16 / (longest + 1))] += 1
    }
    // Chi-square with 15 degrees of freedom: above 44.3 once in ten thousand, and the keys are fixed.
    let squares = buckets.map { ($0 - 1_000) * ($0 - 1_000) }.reduce(0, +)
    #expect(squares < 44_300, "\(buckets)")
  }

  @Test("The waits of one payment do not hang together: who waited long once may wait shortly next")
  func independent() {
    let first = waits(afterAttempt: 7)
    let second = waits(afterAttempt: 8)
    var quadrants = [0, 0, 0, 0]
    for (one, other) in zip(first, second) {
      quadrants[(one > 30_000 ? 2 : 0) + (other > 30_000 ? 1 : 0)] += 1
    }
    #expect(quadrants.allSatisfy { (3_750...4_250).contains($0) }, "\(quadrants)")
  }

  @Test("The same attempt of the same payment always waits the same time")
  func replays() {
    #expect(waits(afterAttempt: 3, count: 100) == waits(afterAttempt: 3, count: 100))
  }
}
