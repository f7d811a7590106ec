import Resizing
import Storage
import Testing

extension ConformanceRule {
  static let operatorActions = [
    ConformanceRule("what people did is kept with every field, the latest first") {
      store async throws in
      #expect(try await store.actions(limit: 10).isEmpty)
      let first = Sample.action("replayed", of: nil)
      let second = OperatorAction(at: Sample.noon, by: "", action: "discarded")
      try await store.record([first])
      try await store.record([second, Sample.action("discarded", of: "req-9")])
      try await store.record([])
      let all = [Sample.action("discarded", of: "req-9"), second, first]
      #expect(try await store.actions(limit: 10) == all)
      #expect(try await store.actions(limit: 2) == Array(all.prefix(2)))
      #expect(try await store.actions(limit: 0).isEmpty)
    },
    ConformanceRule("what was done to a resize stands in its timeline, in the state it is in") {
      store async throws in
      let resize = Sample.resize("req-1", state: .awaitingRefund)
      let entry = Sample.entry("req-1", "requested")
      let changes = ChangeSet(worker: "w", resizes: [resize], timeline: [entry])
      #expect(try await store.commit(changes) == .committed)
      let action = Sample.action("replayed", of: "req-1")
      try await store.record([
        action, Sample.action("replayed", of: "nobody"), Sample.action("replayed", of: nil),
      ])
      let rows = try await store.timeline(requestId: "req-1")
      #expect(rows.map(\.worker) == ["w", action.by])
      let told = TimelineEntry(
        requestId: "req-1", at: action.at, event: "replayed", state: .awaitingRefund,
        detail: action.summary)
      #expect(rows.map(\.entry) == [entry, told])
      #expect(try await store.timeline(requestId: "nobody").isEmpty)
      #expect(try await store.actions(limit: 10).count == 3)
      // It is not the resize's own step: nobody who has loaded it before is in conflict.
      let current = Sample.resize("req-1", version: 1)
      #expect(
        try await store.commit(ChangeSet(worker: "w", resizes: [current])) == .committed)
    },
  ]
}

extension Sample {
  /// What a person did, with every field filled in.
  static func action(_ action: String, of requestId: String?) -> OperatorAction {
    OperatorAction(
      at: noon, by: "alice@host-1", action: action, requestId: requestId, messageId: "m-1",
      queue: "resize.requests", reasonCode: "MalformedRequest", detail: "“twice” 🐘")
  }
}
