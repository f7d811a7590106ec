import Resizing
import Storage
import Testing

extension ConformanceRule {
  static let timeline = [
    ConformanceRule("a timeline tells in order what happened and which worker wrote it") {
      store async throws in
      let first = ChangeSet(
        worker: "w-1", resizes: [Sample.resize("req-1"), Sample.resize("req-2")],
        timeline: [
          Sample.entry("req-1", "requested", detail: "small → large"),
          Sample.entry("req-2", "requested"), Sample.entry("req-1", "paymentRequested"),
        ])
      #expect(try await store.commit(first) == .committed)
      let second = ChangeSet(worker: "w-2", timeline: [Sample.entry("req-1", "paid", detail: "")])
      #expect(try await store.commit(second) == .committed)
      let rows = try await store.timeline(requestId: "req-1")
      #expect(rows.map(\.worker) == ["w-1", "w-1", "w-2"])
      #expect(rows.map(\.entry) == [first.timeline[0], first.timeline[2], second.timeline[0]])
      #expect(rows.map(\.number) == rows.map(\.number).sorted())
      #expect(Set(rows.map(\.number)).count == 3)
      #expect(try await store.timeline(requestId: "req-3").isEmpty)
    },
    ConformanceRule("a timeline goes on where it ended, whoever told what of it before") {
      store async throws in
      let unfinished = Sample.resize("req-2", version: 1)
      let commits = [
        // Of the first nothing yet, of the second before and after a third.
        ChangeSet(
          worker: "w-1", resizes: ["req-1", "req-2", "req-3"].map { Sample.resize($0) },
          timeline: [
            Sample.entry("req-2", "a"), Sample.entry("req-2", "b"), Sample.entry("req-3", "a"),
            Sample.entry("req-2", "c"),
          ]),
        // Of what is written, of what is not, and of what is new; not in the order of the resizes.
        ChangeSet(
          worker: "w-2", resizes: [Sample.resize("req-4"), unfinished, Sample.resize("req-5")],
          timeline: [
            Sample.entry("req-5", "a"), Sample.entry("req-1", "a"), Sample.entry("req-2", "d"),
            Sample.entry("req-4", "a"), Sample.entry("req-5", "b"), Sample.entry("req-1", "b"),
            Sample.entry("req-2", "e"),
          ]),
      ]
      for changes in commits { #expect(try await store.commit(changes) == .committed) }
      let ids = (1...5).map { "req-\($0)" }
      try await store.record(ids.map { Sample.action("f", of: $0) })
      let last = ChangeSet(worker: "w-3", timeline: ids.map { Sample.entry($0, "g") })
      #expect(try await store.commit(last) == .committed)
      for (requestId, events) in zip(ids, ["abfg", "abcdefg", "afg", "afg", "abfg"]) {
        let rows = try await store.timeline(requestId: requestId)
        #expect(rows.map(\.entry.event) == events.map(String.init))
        #expect(rows.map(\.entry.requestId) == events.map { _ in requestId })
        let numbers = rows.map(\.number)
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy(<))
      }
    },
    ConformanceRule("a resize that conflicts begins no timeline, and leaves the one there as it is")
    {
      store async throws in
      let first = ChangeSet(
        worker: "w-1", resizes: [Sample.resize("req-1")], timeline: [Sample.entry("req-1", "a")])
      #expect(try await store.commit(first) == .committed)
      let second = ChangeSet(
        worker: "w-2", resizes: [Sample.resize("req-2"), Sample.resize("req-1")],
        timeline: [Sample.entry("req-2", "a"), Sample.entry("req-1", "b")])
      #expect(
        try await store.commit(second) == .conflict(requestIds: ["req-1"], instanceIds: []))
      let rows = try await store.timeline(requestId: "req-1")
      #expect(rows.map(\.entry) == first.timeline && rows.map(\.worker) == ["w-1"])
      #expect(try await store.timeline(requestId: "req-2").isEmpty)
    },
  ]
}
