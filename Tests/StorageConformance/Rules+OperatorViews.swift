import Resizing
import Storage
import Testing

extension ConformanceRule {
  static let operatorViews = [
    ConformanceRule("postings come back in the order they were made, of one resize only") {
      store async throws in
      let changes = ChangeSet(
        worker: "w", resizes: [Sample.resize("req-1"), Sample.resize("req-2")],
        postings: Sample.postings("req-1") + Sample.postings("req-2", movement: "pay_req-2"))
      #expect(try await store.commit(changes) == .committed)
      let refund = Sample.postings("req-1", movement: "ref_req-1").map { posting in
        var posting = posting
        posting.minorUnits.negate()
        posting.purpose = .latePayment
        return posting
      }
      #expect(try await store.commit(ChangeSet(worker: "w", postings: refund)) == .committed)
      #expect(try await store.postings(requestId: "req-1") == Sample.postings("req-1") + refund)
      #expect(try await store.postings(requestId: "req-3").isEmpty)
    },
    ConformanceRule("resizes are listed latest first, by every filter and all at once") {
      store async throws in
      try await commitMixture(to: store)
      func ids(_ filter: ResizeFilter) async throws -> [String] {
        try await store.resizes(matching: filter).map(\.requestId)
      }
      #expect(try await ids(ResizeFilter()) == ["f", "e", "d", "c", "b", "a"])
      #expect(try await ids(ResizeFilter(limit: 2)) == ["f", "e"])
      #expect(try await ids(ResizeFilter(limit: 0)).isEmpty)
      #expect(try await ids(ResizeFilter(states: [.completed])) == ["f", "c", "a"])
      #expect(try await ids(ResizeFilter(states: [.failed, .completed], limit: 2)) == ["f", "e"])
      #expect(try await ids(ResizeFilter(states: [])).isEmpty)
      #expect(try await ids(ResizeFilter(instanceId: "i-1")) == ["d", "c", "b", "a"])
      #expect(try await ids(ResizeFilter(tenantId: "t-2")) == ["f", "d"])
      #expect(try await ids(ResizeFilter(needsAttention: true)) == ["d", "b"])
      #expect(
        try await ids(
          ResizeFilter(
            states: [.compensating, .completed], instanceId: "i-1", tenantId: "t-2",
            needsAttention: true)) == ["d"])
    },
    ConformanceRule("a later commit of a resize keeps its place in the list") {
      store async throws in
      try await commitMixture(to: store)
      let changes = ChangeSet(
        worker: "w",
        resizes: [Sample.resize("b", instance: "i-1", tenant: "t-1", version: 1)])
      #expect(try await store.commit(changes) == .committed)
      let all = try await store.resizes(matching: ResizeFilter())
      #expect(all.map(\.requestId) == ["f", "e", "d", "c", "b", "a"])
      #expect(all[4].state == .awaitingPayment && all[4].version == 2)
    },
    ConformanceRule("instances are listed in the order of their ids, page by page") {
      store async throws in
      let ids = ["b", "a", "é", "B", "i-10", "i-9"]
      let changes = ChangeSet(worker: "w", instances: ids.map { Sample.instance($0) })
      #expect(try await store.commit(changes) == .committed)
      let first = try await store.instances(after: nil, limit: 4)
      #expect(first.map(\.instance.instanceId) == ["B", "a", "b", "i-10"])
      let rest = try await store.instances(after: "i-10", limit: 4)
      #expect(rest.map(\.instance.instanceId) == ["i-9", "é"])
      #expect(rest.first?.version == 1)
      #expect(try await store.instances(after: "é", limit: 4).isEmpty)
      #expect(try await store.instances(after: nil, limit: 0).isEmpty)
    },
    ConformanceRule("statistics count what there is") { store async throws in
      #expect(try await store.statistics(now: Sample.noon) == StoreStatistics())
      try await commitMixture(to: store)
      var removed = Sample.instance("i-3")
      removed.isRemoved = true
      let changes = ChangeSet(
        worker: "w",
        resizes: [
          Sample.resize("g", dueAt: Sample.noon),
          Sample.resize("h", dueAt: Sample.noon.adding(milliseconds: 1)),
        ],
        instances: [Sample.instance("i-1"), Sample.instance("i-2"), removed],
        outbox: [
          Sample.message("w", 1), Sample.message("w", 2, to: .results),
          Sample.message("v", 1, at: Sample.noon.adding(milliseconds: -3)),
        ])
      #expect(try await store.commit(changes) == .committed)
      #expect(
        try await store.statistics(now: Sample.noon)
          == StoreStatistics(
            resizes: [
              .completed: 3, .awaitingRefund: 1, .compensating: 1, .failed: 1,
              .awaitingPayment: 2,
            ],
            needingAttention: 2, timersDue: 1, outboxRows: 3, outboxPayments: 2,
            oldestOutbox: Sample.noon.adding(milliseconds: -3), instances: 2))
      #expect(
        try await store.claimDueTimers(now: Sample.noon, limit: 9, lease: 9) == ["g"])
      #expect(try await store.statistics(now: Sample.noon).timersDue == 0)
    },
    ConformanceRule("statistics follow each resize from state to state, instances to their removal")
    { store async throws in
      try await commitMixture(to: store)
      var instance = Sample.instance("i-1")
      let steps: [(ResizeState, Bool, [ResizeState: Int])] = [
        (.compensating, true, [.completed: 2, .awaitingRefund: 1, .compensating: 2, .failed: 1]),
        (.failed, true, [.completed: 2, .awaitingRefund: 1, .compensating: 1, .failed: 2]),
        (.failed, false, [.completed: 2, .awaitingRefund: 1, .compensating: 1, .failed: 2]),
      ]
      for (version, step) in steps.enumerated() {
        instance.version = Int64(version)
        instance.isRemoved = step.1
        let resize = Sample.resize(
          "a", instance: "i-1", tenant: "t-1", state: step.0, version: Int64(version + 1))
        let changes = ChangeSet(worker: "w", resizes: [resize], instances: [instance])
        #expect(try await store.commit(changes) == .committed)
        // In conflict with what was just written: nothing of it counts.
        #expect(try await store.commit(changes) != .committed)
        let statistics = try await store.statistics(now: Sample.noon)
        #expect(statistics.resizes == step.2)
        #expect(statistics.instances == (step.1 ? 0 : 1))
      }
    },
  ]

  private static func commitMixture(to store: any Store) async throws {
    let resizes = [
      Sample.resize("a", instance: "i-1", tenant: "t-1", state: .completed),
      Sample.resize("b", instance: "i-1", tenant: "t-1", state: .awaitingRefund),
      Sample.resize("c", instance: "i-1", tenant: "t-1", state: .completed),
      Sample.resize("d", instance: "i-1", tenant: "t-2", state: .compensating),
      Sample.resize("e", instance: "i-2", tenant: "t-1", state: .failed),
      Sample.resize("f", instance: "i-2", tenant: "t-2", state: .completed),
    ]
    #expect(try await store.commit(ChangeSet(worker: "w", resizes: resizes)) == .committed)
  }
}
