import Storage
import StorageConformance
import StorageSQLite
import Testing

@Suite("Every store keeps the rules of the port")
struct ConformanceTests {
  @Test("The store in memory", arguments: ConformanceRule.all)
  func inMemory(rule: ConformanceRule) async throws {
    try await rule.check(InMemoryStore())
  }

  @Test("The store in an SQLite file", arguments: ConformanceRule.all)
  func sqlite(rule: ConformanceRule) async throws {
    try await TemporaryFolder.with { folder in
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: folder.path("store.db")))
      try await rule.check(store)
      await store.close()
    }
  }
}
