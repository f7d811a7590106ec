import Resizing
import Storage
import Testing

extension ConformanceRule {
  static let timers = [
    ConformanceRule("timers are claimed when they are due, the longest waiting first") {
      store async throws in
      try await commitTimers([30, 10, 20, nil, 40], to: store)
      #expect(try await claim(at: 9, from: store).isEmpty)
      #expect(try await claim(at: 30, from: store) == ["req-1", "req-2", "req-0"])
      #expect(try await claim(at: 40, from: store) == ["req-4"])
    },
    ConformanceRule("a claim takes no more than it asked for") { store async throws in
      try await commitTimers([1, 2, 3], to: store)
      #expect(try await claim(at: 9, limit: 0, from: store).isEmpty)
      #expect(try await claim(at: 9, limit: 2, from: store) == ["req-0", "req-1"])
      #expect(try await claim(at: 9, limit: 2, from: store) == ["req-2"])
    },
    ConformanceRule("a claimed timer comes back when its lease is over") { store async throws in
      try await commitTimers([10], to: store)
      #expect(try await claim(at: 10, lease: 5, from: store) == ["req-0"])
      #expect(try await claim(at: 14, lease: 5, from: store).isEmpty)
      #expect(try await claim(at: 15, lease: 5, from: store) == ["req-0"])
    },
    ConformanceRule("a claim changes nothing of the resize, its version neither") {
      store async throws in
      try await commitTimers([10], to: store)
      let before = try await store.load(FactKeys(requestIds: ["req-0"]))
      #expect(try await claim(at: 10, from: store) == ["req-0"])
      #expect(try await store.load(FactKeys(requestIds: ["req-0"])) == before)
    },
    ConformanceRule("a commit sets the timer anew and ends the claim") { store async throws in
      try await commitTimers([10, 10], to: store)
      #expect(try await claim(at: 10, from: store).count == 2)
      let changes = ChangeSet(
        worker: "w",
        resizes: [
          Sample.resize("req-0", dueAt: moment(20), version: 1),
          Sample.resize("req-1", dueAt: nil, version: 1),
        ])
      #expect(try await store.commit(changes) == .committed)
      #expect(try await claim(at: 19, from: store).isEmpty)
      #expect(try await claim(at: 20, from: store) == ["req-0"])
    },
    ConformanceRule("claimers at the same time never get the same timer") { store async throws in
      try await commitTimers((0..<200).map { Int64($0 % 7) }, to: store)
      let claimed = try await withThrowingTaskGroup(of: [String].self) { group in
        for _ in 0..<8 {
          group.addTask {
            var mine: [String] = []
            while true {
              let some = try await claim(at: 10, limit: 9, from: store)
              if some.isEmpty { return mine }
              mine += some
            }
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(claimed.count == 200)
      #expect(Set(claimed).count == 200)
    },
  ]

  private static func moment(_ milliseconds: Int64) -> Moment {
    Sample.noon.adding(milliseconds: milliseconds)
  }

  /// Resizes `req-0` and so on, each due so many milliseconds after noon.
  private static func commitTimers(_ due: [Int64?], to store: any Store) async throws {
    let resizes = due.enumerated().map { number, due in
      Sample.resize("req-\(number)", instance: "i-\(number)", dueAt: due.map(moment))
    }
    #expect(try await store.commit(ChangeSet(worker: "w", resizes: resizes)) == .committed)
  }

  private static func claim(
    at now: Int64, limit: Int = 100, lease: Int64 = 1_000, from store: any Store
  ) async throws -> [String] {
    try await store.claimDueTimers(now: moment(now), limit: limit, lease: lease)
  }
}
