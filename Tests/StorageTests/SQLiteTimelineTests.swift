import GRDB
import Resizing
import Storage
import StorageConformance
import Testing

@testable import StorageSQLite

@Suite("Timelines in the SQLite file")
struct SQLiteTimelineTests {
  @Test("All that a resize's first commit tells stands in its row, what later ones tell in pages")
  func places() async throws {
    try await TemporaryFolder.with { folder in
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: folder.path("store.db")))
      try await Self.commitMixture(to: store)
      let (beginnings, pages) = try await store.read { db in
        (
          try String.fetchAll(
            db, sql: "SELECT beginning_length || ' ' || begun_by FROM resizes ORDER BY number"),
          try String.fetchAll(
            db,
            sql: """
              SELECT resize || ': ' || number || '+' || length || ' ' || worker
              FROM timeline_pages ORDER BY key
              """)
        )
      }
      #expect(beginnings == ["0 w-1", "3 w-1", "1 w-2", "2 w-2"])
      #expect(
        pages == [
          "1: 1+1 w-2", "1: 2+1 w-2", "1: 3+1 ann", "2: 4+2 w-2", "3: 2+1 ann", "3: 3+1 w-3",
        ])
      await store.close()
    }
  }

  @Test("The view tells each entry as the store does, counted from 1 in every resize")
  func view() async throws {
    try await TemporaryFolder.with { folder in
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: folder.path("store.db")))
      try await Self.commitMixture(to: store)
      for (resize, count) in [(1, 3), (2, 5), (3, 3), (4, 2)] {
        let requestId = "req-\(resize)"
        let told = try await store.timeline(requestId: requestId)
        let viewed = try await store.read { db in
          try Row.fetchAll(
            db, sql: "SELECT * FROM timeline WHERE resize = ? ORDER BY number",
            arguments: [resize]
          ).map { try TimelineRow(viewed: $0, of: requestId) }
        }
        #expect(viewed == told)
        #expect(told.map(\.number) == Array(1...Int64(count)))
      }
      let columns = try await store.read { db in try db.columns(in: "timeline").map(\.name) }
      #expect(columns == ["resize", "number", "at", "worker", "event", "state", "detail"])
      await store.close()
    }
  }

  @Test("A timeline that is full takes no entry more, and its neighbour's begins where it did")
  func fullTimeline() async throws {
    try await TemporaryFolder.with { folder in
      let path = folder.path("store.db")
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: path))
      let first = ChangeSet(
        worker: "w", resizes: [Sample.resize("req-1"), Sample.resize("req-2")],
        timeline: [Sample.entry("req-1"), Sample.entry("req-2")])
      #expect(try await store.commit(first) == .committed)
      let shell = try DatabaseQueue(path: path)
      try await shell.write { db in
        try db.execute(
          sql: """
            INSERT INTO timeline_pages (key, length, worker, entries)
            SELECT number << 20 | 1048574, 1, 'w', beginning FROM resizes
            WHERE request_id = 'req-1'
            """)
      }
      let error = try await #require(throws: StoreError.self) {
        try await store.commit(ChangeSet(worker: "w", timeline: [Sample.entry("req-1")]))
      }
      #expect("\(error)".contains("1048574 entries"))
      #expect(try await store.timeline(requestId: "req-1").map(\.number) == [1, 1_048_574])
      #expect(try await store.timeline(requestId: "req-2").map(\.number) == [1])
      await store.close()
    }
  }

  @Test("A resize whose first commit tells more than a timeline takes is refused")
  func fullBeginning() async throws {
    try await TemporaryFolder.with { folder in
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: folder.path("store.db")))
      let first = ChangeSet(worker: "w", resizes: [Sample.resize("req-1")])
      #expect(try await store.commit(first) == .committed)
      func insert(_ length: Int) async throws {
        try await store.transact { db in
          .rollBack(
            try db.execute(
              sql: """
                INSERT INTO resizes
                SELECT NULL, 'req-2', state, 0, NULL, 1, 'w', \(length), '[]', record FROM resizes
                """))
        }
      }
      try await insert(1_048_574)
      let error = await #expect(throws: StoreError.self) { try await insert(1_048_575) }
      #expect(error?.message.contains("1048574 entries") == true)
      await store.close()
    }
  }

  /// Four resizes that are told of in every way: nothing in the first commit of one, in two places in
  /// that of another; later beside their change and without; by hand before a worker and after.
  private static func commitMixture(to store: SQLiteStore) async throws {
    let first = ChangeSet(
      worker: "w-1", resizes: [Sample.resize("req-1"), Sample.resize("req-2")],
      timeline: [
        Sample.entry("req-2", "requested", detail: "small → large"),
        Sample.entry("req-2", "paymentRequested"), Sample.entry("req-2", "paid", detail: ""),
      ])
    let second = ChangeSet(
      worker: "w-2",
      resizes: [
        Sample.resize("req-3"), Sample.resize("req-2", version: 1), Sample.resize("req-4"),
      ],
      timeline: [
        Sample.entry("req-4", "requested"), Sample.entry("req-1", "late"),
        Sample.entry("req-2", "applied"), Sample.entry("req-2", "completed"),
        Sample.entry("req-3", "requested"),
        Sample.entry("req-4", "canceled", detail: "\"quoted\" \u{1} ünï¢ode 🐘"),
        Sample.entry("req-1", "later"),
      ])
    let third = ChangeSet(worker: "w-3", timeline: [Sample.entry("req-3", "paid")])
    #expect(try await store.commit(first) == .committed)
    #expect(try await store.commit(second) == .committed)
    try await store.record(
      ["req-1", "req-3"].map {
        OperatorAction(at: Sample.noon, by: "ann", action: "replayed", requestId: $0)
      })
    #expect(try await store.commit(third) == .committed)
  }
}

extension TimelineRow {
  /// A row of the view.
  fileprivate init(viewed row: Row, of requestId: String) throws {
    self.init(
      number: row["number"], worker: row["worker"],
      entry: TimelineEntry(
        requestId: requestId, at: Moment(millisecondsSinceEpoch: row["at"]), event: row["event"],
        state: try #require(ResizeState(rawValue: row["state"])), detail: row["detail"]))
  }
}
