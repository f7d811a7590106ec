import Foundation
import GRDB
import Resizing
import Storage
import StorageConformance
import Testing

@testable import StorageSQLite

@Suite("Several workers on one SQLite file")
struct SQLiteNeighboursTests {
  @Test("Every rule of sharing", arguments: SharingRule.all)
  func rule(rule: SharingRule) async throws {
    try await TemporaryFolder.with { folder in
      let configuration = SQLiteStoreConfiguration(
        path: folder.path("store.db"), busyTimeoutMilliseconds: 60_000)
      let database = SharedDatabase(
        open: { try SQLiteStore(configuration) },
        damage: { try await Self.damage($0, in: configuration) })
      try await rule.check(database)
    }
  }

  private static func damage(
    _ damage: OutboxDamage, in configuration: SQLiteStoreConfiguration
  ) async throws {
    let store = try SQLiteStore(configuration)
    try await store.transact { db in
      let place = "owner = ?1 AND last_sequence = ?2"
      if let bytes = damage.bytes {
        try db.execute(
          sql: """
            UPDATE outbox_pages SET messages = ?3
            WHERE number = (SELECT page FROM outbox WHERE \(place))
            """,
          arguments: [damage.owner, damage.lastSequence, Data(bytes)])
      } else {
        try db.execute(
          sql: "UPDATE outbox SET first_sequence = ?3 WHERE \(place)",
          arguments: [damage.owner, damage.lastSequence, Int64.min])
      }
      return .commit(())
    }
    await store.close()
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
}
