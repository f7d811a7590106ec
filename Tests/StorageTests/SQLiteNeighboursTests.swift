import GRDB
import Resizing
import Storage
import StorageConformance
import StorageSQLite
import Testing

@Suite("Several workers on one SQLite file")
struct SQLiteNeighboursTests {
  @Test("Stores that open a new file at the same time all find its tables")
  func opening() async throws {
    try await TemporaryFolder.with { folder in
      let configuration = SQLiteStoreConfiguration(path: folder.path("store.db"))
      let stores = try await withThrowingTaskGroup(of: SQLiteStore.self) { group in
        for _ in 0..<6 { group.addTask { try SQLiteStore(configuration) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      for store in stores {
        #expect(try await store.statistics(now: Sample.noon) == StoreStatistics())
      }
      for store in stores { await store.close() }
    }
  }

  @Test("Commits and claims of several stores wait for each other and lose nothing")
  func committing() async throws {
    try await TemporaryFolder.with { folder in
      let configuration = SQLiteStoreConfiguration(
        path: folder.path("store.db"), busyTimeoutMilliseconds: 60_000)
      let stores = try (0..<4).map { _ in try SQLiteStore(configuration) }
      try await SideBySide.expectNothingLost(by: stores)
      for store in stores { await store.close() }
    }
  }

  @Test("Loads go on while somebody else writes; a commit says who is in the way")
  func locked() async throws {
    try await TemporaryFolder.with { folder in
      let path = folder.path("store.db")
      let store = try SQLiteStore(
        SQLiteStoreConfiguration(path: path, busyTimeoutMilliseconds: 20))
      let first = ChangeSet(worker: "w", resizes: [Sample.resize("req-1")])
      #expect(try await store.commit(first) == .committed)
      var configuration = Configuration()
      configuration.allowsUnsafeTransactions = true
      let shell = try DatabaseQueue(path: path, configuration: configuration)
      try await shell.writeWithoutTransaction { db in
        try db.execute(sql: "BEGIN IMMEDIATE; DELETE FROM outbox")
      }
      #expect(try await store.load(FactKeys(requestIds: ["req-1"])).resizes.count == 1)
      #expect(
        try await store.claimDueTimers(now: Sample.noon, limit: 5, lease: 5).isEmpty)
      let second = ChangeSet(worker: "w", resizes: [Sample.resize("req-2")])
      let error = await #expect(throws: StoreError.self) { try await store.commit(second) }
      #expect(error?.code == .locked)
      #expect(error?.isRetriable == true)
      #expect(error?.message.contains(path) == true)
      try await shell.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
      #expect(try await store.commit(second) == .committed)
      await store.close()
    }
  }

  @Test("A commit of a canceled task is done or not, but never in between")
  func cancellation() async throws {
    try await TemporaryFolder.with { folder in
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: folder.path("store.db")))
      try await SideBySide.expectWholeCommit(ofCanceledTaskIn: store)
      await store.close()
    }
  }
}
