import Resizing
import Storage
import Testing

extension ConformanceRule {
  static let loadAndCommit = [
    ConformanceRule("an empty store knows nothing of the keys asked for") { store async throws in
      let facts = try await store.load(FactKeys(requestIds: ["req-1"], instanceIds: ["i-1"]))
      #expect(facts == Facts())
      #expect(try await store.load(FactKeys()) == Facts())
    },
    ConformanceRule("a resize of every state comes back as it went in, one version on") {
      store async throws in
      let resizes = ResizeState.allCases.map { state in
        Sample.resize("req-\(state)", instance: "i-\(state)", state: state, dueAt: Sample.noon)
      }
      #expect(try await store.commit(ChangeSet(worker: "w", resizes: resizes)) == .committed)
      let keys = FactKeys(requestIds: Set(resizes.map(\.requestId)))
      let loaded = try await store.load(keys).resizes
      for var resize in resizes {
        resize.version = 1
        #expect(loaded[resize.requestId] == resize)
      }
    },
    ConformanceRule("a resize with nothing but its request comes back as it went in") {
      store async throws in
      var resize = Resize(
        request: ResizeRequest(
          requestId: "r", tenantId: "t", instanceId: "i", target: ResizeTarget(units: 3),
          dryRun: true),
        context: RequestContext(), state: .rejected, requestedAt: Sample.noon)
      #expect(try await store.commit(ChangeSet(worker: "w", resizes: [resize])) == .committed)
      resize.version = 1
      #expect(try await store.load(FactKeys(requestIds: ["r"])).resizes == ["r": resize])
    },
    ConformanceRule("an instance comes back as it went in, alive or removed") {
      store async throws in
      var alive = Sample.instance("i-1", liveResize: "req-1")
      var removed = Sample.instance("i-2", revision: 9)
      removed.isRemoved = true
      let changes = ChangeSet(worker: "w", instances: [alive, removed])
      #expect(try await store.commit(changes) == .committed)
      alive.version = 1
      removed.version = 1
      let facts = try await store.load(FactKeys(instanceIds: ["i-1", "i-2", "i-3"]))
      #expect(facts == Facts(instances: ["i-1": alive, "i-2": removed]))
    },
    ConformanceRule("a load of a resize brings its instance along") { store async throws in
      let changes = ChangeSet(
        worker: "w", resizes: [Sample.resize("req-1", instance: "i-1")],
        instances: [Sample.instance("i-1"), Sample.instance("i-2")])
      #expect(try await store.commit(changes) == .committed)
      let facts = try await store.load(FactKeys(requestIds: ["req-1"]))
      #expect(Set(facts.resizes.keys) == ["req-1"])
      #expect(Set(facts.instances.keys) == ["i-1"])
    },
    ConformanceRule("each commit of a row counts its version up and keeps the newest") {
      store async throws in
      for version in 0..<5 {
        var resize = Sample.resize("req-1", version: Int64(version))
        resize.sequence = version
        let instance = Sample.instance(
          "i-1", revision: Int64(version), liveResize: version < 4 ? "req-1" : nil,
          version: Int64(version))
        let changes = ChangeSet(worker: "w", resizes: [resize], instances: [instance])
        #expect(try await store.commit(changes) == .committed)
      }
      let facts = try await store.load(FactKeys(requestIds: ["req-1"]))
      #expect(facts.resizes["req-1"]?.version == 5)
      #expect(facts.resizes["req-1"]?.sequence == 4)
      #expect(facts.instances["i-1"]?.version == 5)
      #expect(facts.instances["i-1"]?.revision == 4)
      #expect(facts.instances["i-1"]?.liveResize == nil)
    },
    ConformanceRule("a lock changes holder and version of an instance and nothing else") {
      store async throws in
      var removed = Sample.instance("i-2", revision: 9)
      removed.isRemoved = true
      let before = [Sample.instance("i-1"), removed]
      #expect(try await store.commit(ChangeSet(worker: "w", instances: before)) == .committed)
      for (version, holder) in [(1, "req-1"), (2, nil), (3, "req-2")] as [(Int64, String?)] {
        let locks = before.map {
          InstanceLock(
            instanceId: $0.instance.instanceId, liveResize: holder, version: version)
        }
        #expect(try await store.commit(ChangeSet(worker: "w", locks: locks)) == .committed)
        let facts = try await store.load(FactKeys(instanceIds: ["i-1", "i-2"]))
        for var record in before {
          record.liveResize = holder
          record.version = version + 1
          #expect(facts.instances[record.instance.instanceId] == record)
        }
      }
    },
    ConformanceRule("ids are told apart byte by byte and may hold any text") {
      store async throws in
      let ids = ["a", "A", "a'b", "a\"b", "%", "_", " ", "a\\", "é", "🐘"]
      let resizes = ids.map { Sample.resize($0, instance: "i" + $0) }
      #expect(try await store.commit(ChangeSet(worker: "w", resizes: resizes)) == .committed)
      let loaded = try await store.load(FactKeys(requestIds: Set(ids))).resizes
      #expect(loaded.mapValues(\.requestId) == Dictionary(uniqueKeysWithValues: zip(ids, ids)))
      #expect(try await store.load(FactKeys(requestIds: ["b", "", "a' OR 1"])) == Facts())
    },
    ConformanceRule("a change set without changes commits") { store async throws in
      #expect(try await store.commit(ChangeSet(worker: "w")) == .committed)
    },
    ConformanceRule("a batch of thousands is one commit and one load") { store async throws in
      let ids = (0..<3_000).map { "req-\($0)" }
      let changes = ChangeSet(
        worker: "w", resizes: ids.map { Sample.resize($0, instance: "i-" + $0) },
        instances: ids.map { Sample.instance("i-" + $0) })
      #expect(try await store.commit(changes) == .committed)
      let facts = try await store.load(FactKeys(requestIds: Set(ids)))
      #expect(facts.resizes.count == 3_000 && facts.instances.count == 3_000)
    },
  ]
}
