import Testing

@testable import Storage

@Suite("The outbox in memory")
struct InMemoryOutboxTests {
  private typealias Key = InMemoryStore.OutboxKey

  private static let outbox = Dictionary(
    uniqueKeysWithValues: (1...5_000).flatMap { sequence in
      ["v", "w"].map { (Key(owner: $0, sequence: Int64(sequence)), sequence) }
    })

  @Test(
    "Striking what is confirmed looks at that, never at more than there is",
    arguments: [
      (7...7, 1, 1), (4_990...5_009, 20, 11), (5_001...5_003, 3, 0), (1...5_000, 5_000, 5_000),
      (-9...(.max), 10_000, 5_000), (.min...(.max), 10_000, 5_000), (.min...0, 10_000, 0),
    ] as [(ClosedRange<Int64>, Int, Int)])
  func work(range: ClosedRange<Int64>, looked: Int, struck: Int) {
    var outbox = Self.outbox
    #expect(outbox.strike(range, of: "w") == looked)
    #expect(outbox.count == Self.outbox.count - struck)
    #expect(outbox.allSatisfy { $0.key.owner == "v" || !range.contains($0.key.sequence) })
  }
}
