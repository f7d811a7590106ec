import Foundation
import GRDB
import Resizing
import Storage
import StorageConformance
import Testing

@testable import StorageSQLite

@Suite("The SQLite file")
struct SQLiteFileTests {
  @Test("What was committed is there after the file is opened again")
  func reopening() async throws {
    try await TemporaryFolder.with { folder in
      let configuration = SQLiteStoreConfiguration(path: folder.path("store.db"))
      let changes = ChangeSet(
        worker: "w", resizes: [Sample.resize("req-1", dueAt: Sample.noon)],
        instances: [Sample.instance("i-1")], timeline: [Sample.entry()],
        postings: Sample.postings(), outbox: [Sample.message("w", 1)])
      let first = try SQLiteStore(configuration)
      #expect(try await first.commit(changes) == .committed)
      let facts = try await first.load(FactKeys(requestIds: ["req-1"]))
      await first.close()
      let second = try SQLiteStore(configuration)
      #expect(try await second.load(FactKeys(requestIds: ["req-1"])) == facts)
      #expect(try await second.postings(requestId: "req-1") == Sample.postings())
      #expect(try await second.timeline(requestId: "req-1").count == 1)
      #expect(try await second.statistics(now: Sample.noon).outboxRows == 1)
      await second.close()
    }
  }

  @Test("Once every process has closed it, the file alone holds everything")
  func closing() async throws {
    try await TemporaryFolder.with { folder in
      let configuration = SQLiteStoreConfiguration(path: folder.path("store.db"))
      let stores = [try SQLiteStore(configuration), try SQLiteStore(configuration)]
      for (number, store) in stores.enumerated() {
        let changes = ChangeSet(worker: "w", resizes: [Sample.resize("req-\(number)")])
        #expect(try await store.commit(changes) == .committed)
        #expect(try await store.resizes(matching: ResizeFilter()).count == number + 1)
      }
      for store in stores { await store.close() }
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path(""))
      #expect(files.filter { $0.hasPrefix("store") } == ["store.db"])
    }
  }

  @Test("A copy of file and log as a power cut would leave them holds every commit")
  func crash() async throws {
    try await TemporaryFolder.with { folder in
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: folder.path("store.db")))
      for number in 0..<20 {
        let changes = ChangeSet(worker: "w", resizes: [Sample.resize("req-\(number)")])
        #expect(try await store.commit(changes) == .committed)
      }
      for suffix in ["", "-wal"] {
        try FileManager.default.copyItem(
          atPath: folder.path("store.db" + suffix), toPath: folder.path("copy.db" + suffix))
      }
      await store.close()
      let copy = try SQLiteStore(SQLiteStoreConfiguration(path: folder.path("copy.db")))
      #expect(try await copy.resizes(matching: ResizeFilter()).count == 20)
      await copy.close()
    }
  }

  @Test("A commit is written through to the disk, and the log stays within its bounds")
  func durability() async throws {
    try await TemporaryFolder.with { folder in
      let configuration = SQLiteStoreConfiguration(
        path: folder.path("store.db"), logSizeBytes: 1 << 20)
      let store = try SQLiteStore(configuration)
      let synchronous = try await store.read { db in
        try Int.fetchOne(db, sql: "PRAGMA synchronous")
      }
      #expect(synchronous == 2)
      #expect(
        try await store.transact { db in
          .rollBack(try Int.fetchOne(db, sql: "PRAGMA synchronous"))
        } == 2)
      for number in 0..<200 {
        let sequence = Int64(number) + 1
        let message = Sample.message("w", sequence, body: Array(repeating: 7, count: 60_000))
        let changes = ChangeSet(
          worker: "w", outbox: [message], confirmed: number == 0 ? [] : [1...(sequence - 1)])
        #expect(try await store.commit(changes) == .committed)
      }
      let attributes = try FileManager.default.attributesOfItem(
        atPath: folder.path("store.db-wal"))
      let logSize = try #require(attributes[.size] as? Int)
      #expect(logSize < 2 << 20)
      await store.close()
    }
  }

  @Test("Ledger, timeline and what operators did cannot be changed, whoever asks")
  func appendOnly() async throws {
    try await TemporaryFolder.with { folder in
      let path = folder.path("store.db")
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: path))
      let changes = ChangeSet(
        worker: "w", resizes: [Sample.resize("req-1"), Sample.resize("req-2")],
        timeline: [Sample.entry()], postings: Sample.postings())
      #expect(try await store.commit(changes) == .committed)
      let later = ChangeSet(worker: "v", timeline: [Sample.entry("req-1", "paid")])
      #expect(try await store.commit(later) == .committed)
      await store.close()
      let shell = try DatabaseQueue(path: path)
      try await shell.write { db in
        try db.execute(
          sql: "INSERT INTO operator_actions (at, operator, action) VALUES (0, 'ann', 'pause')")
      }
      for statement in [
        "UPDATE ledger SET minor_units = 0", "DELETE FROM ledger",
        "UPDATE OR REPLACE ledger SET number = 2 WHERE number = 1",
        "REPLACE INTO ledger SELECT * FROM ledger WHERE number = 1",
        "REPLACE INTO ledger SELECT 99, resize, movement_id, account, 1, currency, purpose, "
          + "posted_at, 99, hash, hash FROM ledger WHERE number = 1",
        "REPLACE INTO ledger SELECT 99, resize, 'other', account, 1, currency, purpose, "
          + "posted_at, position, hash, hash FROM ledger WHERE number = 1",
        "UPDATE ledger_heads SET balance = 0", "UPDATE ledger_heads SET position = position - 1",
        "UPDATE ledger_heads SET position = 9, account = 'x'", "DELETE FROM ledger_heads",
        "REPLACE INTO ledger_heads SELECT account, currency, 9, 0, hash FROM ledger_heads",
        "DELETE FROM timeline_pages", "UPDATE timeline_pages SET worker = 'x'",
        "REPLACE INTO timeline_pages SELECT key, 1, 'x', '[]' FROM timeline_pages",
        "UPDATE resizes SET beginning = '[]'", "UPDATE resizes SET beginning_length = 0",
        "UPDATE resizes SET state = 'failed', begun_by = 'x'", "DELETE FROM resizes",
        "UPDATE resizes SET number = 9 WHERE number = 1",
        "UPDATE resizes SET rowid = 9 WHERE number = 1",
        "UPDATE resizes SET _rowid_ = 9 WHERE number = 1",
        "UPDATE OR REPLACE resizes SET oid = 2 WHERE number = 1",
        "REPLACE INTO resizes SELECT * FROM resizes WHERE number = 2",
        "INSERT INTO resizes SELECT * FROM resizes WHERE number = 1 "
          + "ON CONFLICT DO UPDATE SET beginning = '[]'",
        "DELETE FROM timeline", "UPDATE timeline SET worker = 'x'",
        "REPLACE INTO operator_actions (number, at, operator, action) VALUES (1, 0, 'x', 'x')",
      ] {
        let error = #expect(throws: DatabaseError.self) {
          try shell.write { db in try db.execute(sql: statement) }
        }
        let refusal = error?.message ?? ""
        #expect(refusal.contains(/append-only|only goes forward|is a view/), "\(statement)")
      }
      let left = try await shell.read { db in
        try ["ledger", "ledger_heads", "timeline", "operator_actions"].map { table in
          try Int.fetchOne(db, sql: "SELECT count(*) FROM " + table)
        }
      }
      #expect(left == [2, 2, 2, 1])
      let reopened = try SQLiteStore(SQLiteStoreConfiguration(path: path))
      let rows = try await reopened.timeline(requestId: "req-1")
      #expect(rows.map(\.entry) == changes.timeline + later.timeline)
      #expect(rows.map(\.worker) == ["w", "v"])
      await reopened.close()
    }
  }

  @Test("Operators find each payment and refund as the resize has it")
  func payments() async throws {
    try await TemporaryFolder.with { folder in
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: folder.path("store.db")))
      var resize = Sample.resize("req-1", state: .awaitingPayment)
      #expect(try await store.commit(ChangeSet(worker: "w", resizes: [resize])) == .committed)
      resize = Sample.resize("req-1", state: .compensating, version: 1)
      resize.payment?.state = .succeeded
      resize.payment?.attempt = 3
      #expect(try await store.commit(ChangeSet(worker: "w", resizes: [resize])) == .committed)
      let rows = try await store.read { db in
        try String.fetchAll(
          db,
          sql: """
            SELECT printf('%s %s %s %d %s %d', id, purpose, payments.state, minor_units,
              currency, attempt)
            FROM payments JOIN requests USING (resize)
            WHERE request_id = 'req-1' ORDER BY id
            """)
      }
      #expect(
        rows == [
          "pay_req-1 charge succeeded 19766 USD 3",
          "ref_req-1 compensation requested 19766 USD 1",
        ])
      await store.close()
    }
  }

  @Test(
    "Operators' lists read no records but those they show",
    arguments: [
      ResizeFilter(states: [.completed, .failed]), ResizeFilter(instanceId: "i-1"),
      ResizeFilter(tenantId: "t-1"), ResizeFilter(needsAttention: true),
      ResizeFilter(states: [.failed], tenantId: "t-1"),
    ])
  func queryPlans(filter: ResizeFilter) async throws {
    try await TemporaryFolder.with { folder in
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: folder.path("store.db")))
      let plan = try await store.read { db in
        try Row.fetchAll(
          db, sql: "EXPLAIN QUERY PLAN " + filter.selection, arguments: filter.samples
        ).map { $0["detail"] as String }
      }
      #expect(plan.contains { $0.hasPrefix("SEARCH resizes USING INTEGER PRIMARY KEY") })
      #expect(!plan.contains { $0.hasPrefix("SCAN resizes") })
      await store.close()
    }
  }

  @Test("Statistics go through no table that grows with the resizes")
  func statisticsPlans() async throws {
    try await TemporaryFolder.with { folder in
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: folder.path("store.db")))
      let scans = try await store.read { db in
        try ["SELECT count(*) FROM resizes WHERE needs_attention = 1", DueTimers.counting]
          .flatMap { sql in
            try Row.fetchAll(
              db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: sql.contains("?1") ? [1] : [])
          }
          .map { $0["detail"] as String }.filter { $0.hasPrefix("SCAN resizes") }
      }
      #expect(scans.isEmpty)
      await store.close()
    }
  }
}

extension ResizeFilter {
  /// Something for each of the query's parameters.
  fileprivate var samples: StatementArguments {
    let count = selection.matches(of: /\?(\d)/).compactMap { Int($0.1) }.max() ?? 0
    return StatementArguments((0..<count).map { _ in 1 })
  }
}
