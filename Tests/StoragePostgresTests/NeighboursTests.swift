import DatabaseFixture
import Resizing
import Storage
import StorageConformance
import Testing

@testable import StoragePostgres

@Suite("Several workers on one PostgreSQL server")
struct NeighboursTests {
  @Test("Every rule of sharing", arguments: SharingRule.all)
  func rule(rule: SharingRule) async throws {
    let configuration = try await PostgresStoreConfiguration.ofOneTest()
    let database = SharedDatabase(
      open: { try await PostgresStore.open(configuration) },
      damage: { try Self.damage($0, in: configuration) })
    try await rule.check(database)
  }

  private static func damage(
    _ damage: OutboxDamage, in configuration: PostgresStoreConfiguration
  ) throws {
    let bytes = damage.bytes.map { $0.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) } }
    let change =
      bytes.map { "messages = '\\x\($0.joined())'" } ?? "first_sequence = \(Int64.min + 1)"
    try Shell(configuration).run(
      """
      UPDATE outbox SET \(change)
      WHERE owner = '\(damage.owner)' AND last_sequence = \(damage.lastSequence)
      """)
  }

  @Test("Installations with schemas of their own do not see each other")
  func schemas() async throws {
    let configuration = try await PostgresStoreConfiguration.ofOneTest()
    var other = configuration
    other.schema = "a \"quoted\" name, " + configuration.schema
    let stores = [
      try await PostgresStore.open(configuration), try await PostgresStore.open(other),
    ]
    let changes = ChangeSet(worker: "w", resizes: [Sample.resize("req-1")])
    #expect(try await stores[0].commit(changes) == .committed)
    #expect(try await stores[1].load(FactKeys(requestIds: ["req-1"])) == Facts())
    for store in stores { await store.close() }
  }

  @Test("Workers that write the same rows in opposite orders never block each other for good")
  func oppositeOrders() async throws {
    let configuration = try await PostgresStoreConfiguration.ofOneTest()
    let stores = [
      try await PostgresStore.open(configuration), try await PostgresStore.open(configuration),
    ]
    let ids = (0..<40).map { "\($0)" }
    let first = ChangeSet(
      worker: "w", resizes: ids.map { Sample.resize($0, instance: $0) },
      instances: ids.map { Sample.instance($0, revision: 0) })
    #expect(try await stores[0].commit(first) == .committed)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, store) in stores.enumerated() {
        group.addTask {
          try await Self.countUp(ids: number == 0 ? ids : ids.reversed(), by: 30, in: store)
        }
      }
      try await group.waitForAll()
    }
    let facts = try await stores[0].load(FactKeys(instanceIds: Set(ids)))
    #expect(facts.instances.values.allSatisfy { $0.version == 61 })
    let deadlocks = try await PrivateDatabase.shared().query(
      "SELECT sum(deadlocks) FROM pg_stat_database")
    #expect(deadlocks == "0")
    for store in stores { await store.close() }
  }

  /// Takes or frees all instances and rewrites half of them, again where another was faster.
  private static func countUp(ids: [String], by count: Int, in store: PostgresStore) async throws {
    var done = 0
    while done < count {
      let facts = try await store.load(
        FactKeys(requestIds: Set(ids), instanceIds: Set(ids)))
      let records = ids.compactMap { facts.instances[$0] }
      let locks = records.dropFirst(ids.count / 2).map {
        InstanceLock(
          instanceId: $0.instance.instanceId, liveResize: "r\(done)", version: $0.version)
      }
      let changes = ChangeSet(
        worker: "w", resizes: ids.compactMap { facts.resizes[$0] },
        instances: Array(records.prefix(ids.count / 2)), locks: locks)
      if try await store.commit(changes) == .committed { done += 1 }
    }
  }

  @Test("Loads and claims go on while somebody else holds a row; a commit of it says so")
  func locked() async throws {
    var configuration = try await PostgresStoreConfiguration.ofOneTest()
    configuration.lockTimeoutMilliseconds = 20
    let store = try await PostgresStore.open(configuration)
    let first = ChangeSet(
      worker: "w", resizes: [Sample.resize("req-1", dueAt: Sample.noon), Sample.resize("req-2")])
    #expect(try await store.commit(first) == .committed)
    let shell = try Shell(configuration)
    try shell.run("BEGIN; SELECT FROM resizes WHERE request_id = 'req-1' FOR UPDATE")
    #expect(try await store.load(FactKeys(requestIds: ["req-1"])).resizes.count == 1)
    #expect(try await store.claimDueTimers(now: Sample.noon, limit: 5, lease: 5).isEmpty)
    let free = ChangeSet(worker: "w", resizes: [Sample.resize("req-2", version: 1)])
    #expect(try await store.commit(free) == .committed)
    let held = ChangeSet(worker: "w", resizes: [Sample.resize("req-1", version: 1)])
    let error = await #expect(throws: StoreError.self) { try await store.commit(held) }
    #expect(error?.code == .locked)
    #expect(error?.isRetriable == true)
    #expect(error?.message.contains("pg_stat_activity") == true)
    try shell.run("ROLLBACK")
    #expect(try await store.commit(held) == .committed)
    await store.close()
  }

  @Test("More calls than connections wait for their turn")
  func turns() async throws {
    var configuration = try await PostgresStoreConfiguration.ofOneTest()
    configuration.connections = 1
    let store = try await PostgresStore.open(configuration)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<30 {
        group.addTask { () async throws in
          let changes = ChangeSet(worker: "w", resizes: [Sample.resize("req-\(number)")])
          #expect(try await store.commit(changes) == .committed)
        }
      }
      try await group.waitForAll()
    }
    #expect(try await store.resizes(matching: ResizeFilter()).count == 30)
    await store.close()
    await store.close()
  }
}
