import Resizing
import Storage
import Testing

extension ConformanceRule {
  static let refusals = [
    ConformanceRule("postings that do not add up to zero are refused") { store async throws in
      var changes = ChangeSet(worker: "w", resizes: [Sample.resize("req-1")])
      changes.postings = [Sample.postings()[0]]
      await expectRefusal(of: changes, by: store)
      changes.postings = Sample.postings()
      changes.postings[1].minorUnits += 1
      await expectRefusal(of: changes, by: store)
      changes.postings[1].minorUnits = .max
      await expectRefusal(of: changes, by: store)
    },
    ConformanceRule("a movement is posted once, however often it is tried") { store async throws in
      let first = ChangeSet(
        worker: "w", resizes: [Sample.resize("req-1")], postings: Sample.postings())
      #expect(try await store.commit(first) == .committed)
      let again = ChangeSet(
        worker: "w", resizes: [Sample.resize("req-1", version: 1)], postings: Sample.postings())
      await expectFailure(.refused) { _ = try await store.commit(again) }
      #expect(try await store.postings(requestId: "req-1") == Sample.postings())
      #expect(try await store.load(FactKeys(requestIds: ["req-1"])).resizes["req-1"]?.version == 1)
    },
    ConformanceRule("timeline entries and postings of an unknown resize are refused") {
      store async throws in
      let resize = Sample.resize("req-1")
      await expectRefusal(
        of: ChangeSet(worker: "w", resizes: [resize], timeline: [Sample.entry("req-2")]),
        by: store)
      await expectRefusal(
        of: ChangeSet(worker: "w", resizes: [resize], postings: Sample.postings("req-2")),
        by: store)
    },
    ConformanceRule("an outbox row whose owner and sequence are taken is refused") {
      store async throws in
      let first = ChangeSet(worker: "w", outbox: [Sample.message("w", 1)])
      #expect(try await store.commit(first) == .committed)
      await expectRefusal(
        of: ChangeSet(
          worker: "w", resizes: [Sample.resize("req-1")], outbox: [Sample.message("w", 1)]),
        by: store, outboxRows: 1)
      await expectRefusal(
        of: ChangeSet(worker: "w", outbox: [Sample.message("w", 2), Sample.message("w", 2)]),
        by: store, outboxRows: 1)
    },
    ConformanceRule("a closed store says so") { store async throws in
      await store.close()
      await expectFailure(.unavailable) { _ = try await store.load(FactKeys(requestIds: ["r"])) }
      await expectFailure(.unavailable) {
        _ = try await store.commit(ChangeSet(worker: "w", resizes: [Sample.resize()]))
      }
    },
  ]

  /// Expects a change set to be refused as a whole; it would make resize `req-1`.
  private static func expectRefusal(
    of changes: ChangeSet, by store: any Store, outboxRows: Int = 0,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async {
    await expectFailure(.refused, sourceLocation: sourceLocation) {
      _ = try await store.commit(changes)
    }
    do {
      let facts = try await store.load(FactKeys(requestIds: ["req-1"]))
      #expect(facts == Facts(), sourceLocation: sourceLocation)
      let statistics = try await store.statistics(now: Sample.noon)
      #expect(statistics.outboxRows == outboxRows, sourceLocation: sourceLocation)
    } catch {
      Issue.record(error, sourceLocation: sourceLocation)
    }
  }
}
