import Resizing
import Storage
import Testing

extension ConformanceRule {
  static let conflicts = [
    ConformanceRule("a new resize whose id exists is a conflict") { store async throws in
      let changes = ChangeSet(worker: "w", resizes: [Sample.resize("req-1")])
      #expect(try await store.commit(changes) == .committed)
      #expect(
        try await store.commit(changes) == .conflict(requestIds: ["req-1"], instanceIds: []))
    },
    ConformanceRule(
      "a resize on top of an older version is a conflict, as is one that is not there"
    ) {
      store async throws in
      try await commitVersions(of: "req-1", instance: "i-1", count: 2, to: store)
      for stale in [Sample.resize("req-1", version: 1), Sample.resize("req-2", version: 1)] {
        let changes = ChangeSet(worker: "w", resizes: [stale])
        #expect(
          try await store.commit(changes)
            == .conflict(requestIds: [stale.requestId], instanceIds: []))
      }
    },
    ConformanceRule("an instance that somebody else changed is a conflict") { store async throws in
      try await commitVersions(of: "req-1", instance: "i-1", count: 2, to: store)
      for version in [0, 1, 3] as [Int64] {
        let changes = ChangeSet(
          worker: "w", instances: [Sample.instance("i-1", version: version)])
        #expect(
          try await store.commit(changes) == .conflict(requestIds: [], instanceIds: ["i-1"]))
      }
    },
    ConformanceRule("a conflict names every stale row and writes nothing of the batch") {
      store async throws in
      try await commitVersions(of: "req-1", instance: "i-1", count: 2, to: store)
      let before = try await store.load(FactKeys(requestIds: ["req-1"]))
      let changes = ChangeSet(
        worker: "w",
        resizes: [
          Sample.resize("req-0"), Sample.resize("req-1", version: 1), Sample.resize("req-2"),
          Sample.resize("req-3", version: 8),
        ],
        instances: [Sample.instance("i-0"), Sample.instance("i-1"), Sample.instance("i-2")],
        timeline: [Sample.entry("req-0")], postings: Sample.postings("req-0"),
        outbox: [Sample.message("w", 1)])
      #expect(
        try await store.commit(changes)
          == .conflict(requestIds: ["req-1", "req-3"], instanceIds: ["i-1"]))
      #expect(try await store.load(FactKeys(requestIds: ["req-1"])) == before)
      let keys = FactKeys(requestIds: ["req-0", "req-2"], instanceIds: ["i-0", "i-2"])
      #expect(try await store.load(keys) == Facts())
      #expect(try await store.timeline(requestId: "req-0").isEmpty)
      #expect(try await store.postings(requestId: "req-0").isEmpty)
      #expect(try await store.statistics(now: Sample.noon).outboxRows == 0)
    },
    ConformanceRule("a lock on top of another version, or of no instance, is a conflict") {
      store async throws in
      try await commitVersions(of: "req-1", instance: "i-1", count: 2, to: store)
      for (id, version) in [("i-1", 1), ("i-1", 3), ("i-0", 0), ("i-0", 1)] as [(String, Int64)] {
        let changes = ChangeSet(
          worker: "w", locks: [InstanceLock(instanceId: id, liveResize: "r", version: version)],
          outbox: [Sample.message("w", 1)])
        #expect(try await store.commit(changes) == .conflict(requestIds: [], instanceIds: [id]))
      }
      let lock = InstanceLock(instanceId: "i-1", liveResize: "r", version: 2)
      for changes in [
        ChangeSet(worker: "w", locks: [lock, lock]),
        ChangeSet(worker: "w", instances: [Sample.instance("i-1", version: 2)], locks: [lock]),
      ] {
        #expect(
          try await store.commit(changes) == .conflict(requestIds: [], instanceIds: ["i-1"]))
      }
      let facts = try await store.load(FactKeys(instanceIds: ["i-0", "i-1"]))
      #expect(facts.instances.mapValues(\.version) == ["i-1": 2])
      #expect(facts.instances["i-1"]?.liveResize == nil)
      #expect(try await store.statistics(now: Sample.noon).outboxRows == 0)
    },
    ConformanceRule("a conflict keeps confirmed outbox rows, too") { store async throws in
      let first = ChangeSet(
        worker: "w", resizes: [Sample.resize("req-1")], outbox: [Sample.message("w", 1)])
      #expect(try await store.commit(first) == .committed)
      let second = ChangeSet(worker: "w", resizes: [Sample.resize("req-1")], confirmed: [1...1])
      #expect(
        try await store.commit(second) == .conflict(requestIds: ["req-1"], instanceIds: []))
      #expect(try await store.statistics(now: Sample.noon).outboxRows == 1)
    },
    ConformanceRule("a row that stands twice in a change set conflicts with itself") {
      store async throws in
      let resizes = ChangeSet(
        worker: "w", resizes: [Sample.resize("req-1"), Sample.resize("req-1")])
      #expect(
        try await store.commit(resizes) == .conflict(requestIds: ["req-1"], instanceIds: []))
      let instances = ChangeSet(
        worker: "w", instances: [Sample.instance("i-1"), Sample.instance("i-1")])
      #expect(
        try await store.commit(instances) == .conflict(requestIds: [], instanceIds: ["i-1"]))
      let keys = FactKeys(requestIds: ["req-1"], instanceIds: ["i-1"])
      #expect(try await store.load(keys) == Facts())
    },
  ]

  private static func commitVersions(
    of requestId: String, instance: String, count: Int64, to store: any Store
  ) async throws {
    for version in 0..<count {
      let changes = ChangeSet(
        worker: "w", resizes: [Sample.resize(requestId, instance: instance, version: version)],
        instances: [Sample.instance(instance, version: version)])
      #expect(try await store.commit(changes) == .committed)
    }
  }
}
