import DatabaseFixture
import Resizing
import Storage
import StorageConformance
import Testing

@testable import StoragePostgres

@Suite("A server that can only be read", .timeLimit(.minutes(10)))
struct ReadOnlyServerTests {
  @Test("Who reconnects to it believes nothing of it, and goes on once there is one to write to")
  func reconnection() async throws {
    let database = try await OwnDatabase()
    let store = try await PostgresStore.open(database.configuration)
    let first = ChangeSet(worker: "w", resizes: [Sample.resize("req-1")])
    #expect(try await store.commit(first) == .committed)
    try await database.setReadOnly()
    try await database.endConnections()
    let error = await #expect(throws: StoreError.self) {
      try await store.load(FactKeys(requestIds: ["req-1"]))
    }
    #expect(error?.code == .unavailable)
    #expect(error?.message.contains("can only be read") == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("every host") == true, "\(error?.message ?? "")")
    try await database.resetReadOnly()
    let outcome = try await untilAvailable { () throws(StoreError) in
      try await store.commit(ChangeSet(worker: "w", resizes: [Sample.resize("req-2")]))
    }
    #expect(outcome == .committed)
    await store.close()
  }

  @Test("Of several hosts the one that can be written is taken, without the address saying so")
  func hosts() async throws {
    let standby = try await PrivateDatabase.start()
    let account = PrivateDatabase.uniqueName("account")
    let servers = [standby, try await PrivateDatabase.shared()]
    for server in servers {
      try await server.query("CREATE ROLE \"\(account)\" SUPERUSER LOGIN PASSWORD 'public'")
    }
    try await standby.restartAsStandby()
    let hosts = servers.compactMap { $0.url.firstMatch(of: /@(.*)\//)?.1 }.joined(separator: ",")
    var configuration = try await PostgresStoreConfiguration.ofOneTest()
    configuration.url = "postgresql://\(account):public@\(hosts)/resize"
    let store = try await PostgresStore.open(configuration)
    let changes = ChangeSet(worker: "w", resizes: [Sample.resize("req-1")])
    #expect(try await store.commit(changes) == .committed)
    await store.close()
    #expect(try await standby.query("SELECT pg_is_in_recovery()") == "t")
  }

  @Test("No address makes it a worker's store")
  func worker() async throws {
    let database = try await OwnDatabase()
    try await PostgresStore.open(database.configuration).close()
    try await database.setReadOnly()
    var configuration = database.configuration
    for parameters in ["", "?target_session_attrs=any"] {
      configuration.url = database.configuration.url + parameters
      let error = await #expect(throws: StoreError.self, "\(parameters)") {
        try await PostgresStore.open(configuration)
      }
      #expect(error?.code == .unavailable, "\(parameters)")
      #expect(error?.message.contains("can only be read") == true, "\(error?.message ?? "")")
    }
  }

  @Test("Those who only look may ask for it; what they write after all goes to the next one")
  func looking() async throws {
    let database = try await OwnDatabase()
    let writer = try await PostgresStore.open(database.configuration)
    let changes = ChangeSet(worker: "w", resizes: [Sample.resize("req-1")])
    #expect(try await writer.commit(changes) == .committed)
    await writer.close()
    try await database.setReadOnly()
    var configuration = database.configuration
    configuration.url += "?target_session_attrs=any"
    let store = try await PostgresStore.open(configuration, creates: false)
    #expect(try await store.resizes(matching: ResizeFilter()).count == 1)
    let paused = SwitchPosition(isPaused: true)
    await expectFailure(.readOnly) { try await store.set(.payments, to: paused) }
    try await database.resetReadOnly()
    try await store.set(.payments, to: paused)
    #expect(try await store.switches().payments == paused)
    await store.close()
  }
}

@Suite("A connection whose statements are not what they were")
struct CondemnedConnectionTests {
  @Test(
    "It fails one call and no more",
    arguments: [
      (true, "DEALLOCATE ALL"), (false, "PREPARE facts AS SELECT 1"),
      (true, "ALTER TABLE instances ALTER live_resize TYPE varchar COLLATE \"C\""),
    ])
  func condemned(isPrepared: Bool, change: String) async throws {
    var configuration = try await PostgresStoreConfiguration.ofOneTest()
    configuration.connections = 1
    let store = try await PostgresStore.open(configuration)
    let keys = FactKeys(requestIds: ["req-1"], instanceIds: ["i-1"])
    if isPrepared { _ = try await store.load(keys) }
    try await store.run([Statement("change", change).call()])
    await expectFailure(.unavailable) { _ = try await store.load(keys) }
    #expect(try await store.load(keys) == Facts())
    await store.close()
  }
}

/// A database of a test's own on the server that all tests share.
struct OwnDatabase {
  let configuration: PostgresStoreConfiguration
  private let name = PrivateDatabase.uniqueName("own")

  init() async throws {
    try await PrivateDatabase.shared().query("CREATE DATABASE \"\(name)\"")
    var configuration = try await PostgresStoreConfiguration.ofOneTest()
    configuration.url.replace(/resize$/, with: name)
    self.configuration = configuration
  }

  /// Whoever connects from now on can only read.
  func setReadOnly() async throws {
    try await PrivateDatabase.shared().query(
      "ALTER DATABASE \"\(name)\" SET default_transaction_read_only = on")
  }

  func resetReadOnly() async throws {
    try await PrivateDatabase.shared().query(
      "ALTER DATABASE \"\(name)\" RESET default_transaction_read_only")
  }

  /// Ends all connections, and waits until they have ended.
  func endConnections() async throws {
    try await PrivateDatabase.shared().query(
      "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = '\(name)'")
  }
}
