import DatabaseFixture
import Resizing
import Storage
import StorageConformance
import Testing

@testable import StoragePostgres

@Suite("A database that was restored without its sequences")
struct RestoredSequencesTests {
  @Test(
    "No message is to blame for a sequence that is behind; it is named with the statement that mends it",
    arguments: ["resizes", "instances", "ledger", "timeline", "operator_actions"])
  func behind(table: String) async throws {
    let configuration = try await PostgresStoreConfiguration.ofOneTest()
    let store = try await PostgresStore.open(configuration)
    let first = ChangeSet(worker: "w", resizes: [Sample.resize("req-1")])
    #expect(try await store.commit(first) == .committed)
    try await write(1, to: table, of: store)
    let shell = try Shell(configuration)
    try shell.run("ALTER TABLE \(table) ALTER number RESTART")
    let error = await #expect(throws: StoreError.self) {
      try await write(2, to: table, of: store)
    }
    let message = error?.message ?? ""
    #expect(error?.code == .corrupt, "\(message)")
    let repair = try #require(message.firstMatch(of: /SELECT setval.*;/)?.0, "\(message)")
    // Each attempt has used a number up; all the same no second one is needed after this.
    try shell.run("ALTER TABLE \(table) ALTER number RESTART; \(repair)")
    try await write(3, to: table, of: store)
    await store.close()
  }

  @Test("Every table that numbers its rows is known")
  func tables() async throws {
    let configuration = try await PostgresStoreConfiguration.ofOneTest()
    try await PostgresStore.open(configuration).close()
    let keys = try Shell(configuration).texts(
      """
      SELECT conname::text FROM pg_constraint JOIN pg_attribute
        ON attrelid = conrelid AND attnum = ANY (conkey) AND attidentity <> ''
      WHERE connamespace = current_schema::regnamespace AND contype IN ('p', 'u')
      """)
    #expect(Set(keys) == PostgresError.numberKeys)
  }

  private func write(_ number: Int, to table: String, of store: PostgresStore) async throws {
    var changes = ChangeSet(worker: "w")
    switch table {
    case "resizes": changes.resizes = [Sample.resize("new-\(number)")]
    case "instances": changes.instances = [Sample.instance("i-\(number)", revision: 0)]
    case "ledger": changes.postings = Sample.postings("req-1", movement: "pay-\(number)")
    case "timeline": changes.timeline = [Sample.entry("req-1")]
    default:
      try await store.record([OperatorAction(at: Sample.noon, by: "ann", action: "replayed")])
    }
    #expect(try await store.commit(changes) == .committed)
  }
}
