import Resizing
import Storage
import Testing

extension ConformanceRule {
  static let concurrency = [
    ConformanceRule("of many who change the same row, one wins and no change is lost") {
      store async throws in
      let first = ChangeSet(
        worker: "w", instances: [Sample.instance("i-1", revision: 0)])
      #expect(try await store.commit(first) == .committed)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<8 {
          group.addTask { try await countUp(by: 25, as: "w-\(worker)", in: store) }
        }
        try await group.waitForAll()
      }
      let instance = try await store.load(FactKeys(instanceIds: ["i-1"])).instances["i-1"]
      #expect(instance?.revision == 200)
      #expect(instance?.version == 201)
    },
    ConformanceRule("an instance is taken by one of the resizes that want it at once") {
      store async throws in
      let first = ChangeSet(worker: "w", instances: [Sample.instance("i-1")])
      #expect(try await store.commit(first) == .committed)
      let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<16 {
          group.addTask { () async throws in
            let requestId = "req-\(number)"
            let changes = ChangeSet(
              worker: "w", resizes: [Sample.resize(requestId)],
              instances: [Sample.instance("i-1", liveResize: requestId, version: 1)])
            return try await store.commit(changes) == .committed
          }
        }
        return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(winners == 1)
      let resizes = try await store.resizes(matching: ResizeFilter())
      #expect(resizes.count == 1)
      let instance = try await store.load(FactKeys(instanceIds: ["i-1"])).instances["i-1"]
      #expect(instance?.liveResize == resizes.first?.requestId)
    },
    ConformanceRule("a load sees a commit as a whole or not at all") { store async throws in
      let ids = (0..<20).map { "i-\($0)" }
      let first = ChangeSet(
        worker: "w", instances: ids.map { Sample.instance($0, revision: 0) })
      #expect(try await store.commit(first) == .committed)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { () async throws in
          for version in 1...40 as ClosedRange<Int64> {
            let changes = ChangeSet(
              worker: "w",
              instances: ids.map { Sample.instance($0, revision: version, version: version) })
            #expect(try await store.commit(changes) == .committed)
          }
        }
        for _ in 0..<3 {
          group.addTask { () async throws in
            for _ in 0..<40 {
              let facts = try await store.load(FactKeys(instanceIds: Set(ids)))
              #expect(Set(facts.instances.values.map(\.revision)).count == 1)
            }
          }
        }
        try await group.waitForAll()
      }
    },
  ]

  /// Reads the instance, adds one to its revision, and writes it, again where another was faster.
  private static func countUp(by count: Int, as worker: String, in store: any Store) async throws {
    var done = 0
    while done < count {
      let facts = try await store.load(FactKeys(instanceIds: ["i-1"]))
      guard var instance = facts.instances["i-1"] else { throw StoreError(.corrupt, "i-1 is gone") }
      instance.revision += 1
      let changes = ChangeSet(worker: worker, instances: [instance])
      if try await store.commit(changes) == .committed { done += 1 }
    }
  }
}
