import DatabaseFixture
import Storage
import StorageConformance
import StoragePostgres
import Testing

@Suite("The store on PostgreSQL keeps the rules of the port")
struct ConformanceTests {
  @Test("Every rule", arguments: ConformanceRule.all)
  func rule(rule: ConformanceRule) async throws {
    let store = try await PostgresStore.open(.ofOneTest())
    try await rule.check(store)
    await store.close()
  }
}

extension PostgresStoreConfiguration {
  /// A schema of a test's own on the server that all tests share.
  static func ofOneTest() async throws -> PostgresStoreConfiguration {
    PostgresStoreConfiguration(
      url: try await PrivateDatabase.shared().url, schema: PrivateDatabase.uniqueName("test"))
  }
}
