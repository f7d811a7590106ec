import DatabaseFixture
import Foundation
import Resizing
import Storage
import StorageConformance
import Synchronization
import Testing

@testable import StoragePostgres

@Suite("A server that goes away", .timeLimit(.minutes(10)))
struct LossTests {
  private static let rows = 40

  @Test(
    "Killed while workers commit, it has every commit that was answered, each as a whole; the store goes on"
  )
  func killed() async throws {
    let server = try await PrivateDatabase.start()
    let store = try await PostgresStore.open(PostgresStoreConfiguration(url: server.url))
    let (commits, continuation) = AsyncStream<Int>.makeStream()
    let batches = try await withThrowingTaskGroup(of: [Int].self) { group in
      for worker in 0..<2 {
        group.addTask {
          var answered: [Int] = []
          for batch in stride(from: worker, to: .max, by: 2) {
            guard (try? await store.commit(Self.changes(batch))) == .committed else { break }
            answered.append(batch)
            continuation.yield(batch)
          }
          return answered
        }
      }
      group.addTask {
        for await batch in commits where batch >= 40 {
          try server.kill()
          break
        }
        return []
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    await expectFailure(.unavailable) { _ = try await store.switches() }

    try await server.restart()
    let statistics = try await untilAvailable { () throws(StoreError) in
      try await store.statistics(now: Sample.noon)
    }
    let resizes = statistics.resizes[.awaitingPayment] ?? 0
    #expect(batches.count >= 20)
    #expect(resizes.isMultiple(of: Self.rows))
    #expect((batches.count...batches.count + 2).contains(resizes / Self.rows))
    #expect(statistics.instances == resizes)
    #expect(statistics.outboxRows == resizes)
    for batch in batches {
      let facts = try await store.load(FactKeys(requestIds: ["\(batch)-0"]))
      #expect(facts.resizes.count == 1)
    }
    #expect(try await store.commit(Self.changes(1_000_000)) == .committed)
    await store.close()
  }

  private static func changes(_ batch: Int) -> ChangeSet {
    let ids = (0..<rows).map { "\(batch)-\($0)" }
    return ChangeSet(
      worker: "w", resizes: ids.map { Sample.resize($0, instance: $0) },
      instances: ids.map { Sample.instance($0) },
      outbox: (0..<rows).map { Sample.message("w", Int64(batch * rows + $0)) })
  }

  @Test("Restarted while nobody asked, the next call does not even notice")
  func restarted() async throws {
    let server = try await PrivateDatabase.start()
    let store = try await PostgresStore.open(PostgresStoreConfiguration(url: server.url))
    let changes = ChangeSet(worker: "w", resizes: [Sample.resize("req-1")])
    #expect(try await store.commit(changes) == .committed)
    try await server.stop()
    try await server.restart()
    #expect(try await store.load(FactKeys(requestIds: ["req-1"])).resizes.count == 1)
    await store.close()
  }

  @Test("Frozen, a call is given up in time, and what comes after waits for nothing")
  func frozen() async throws {
    let server = try await PrivateDatabase.start()
    let store = try await PostgresStore.open(
      PostgresStoreConfiguration(
        url: server.url + "?connect_timeout=2", connections: 1, timeoutMilliseconds: 2_000))
    try server.freeze()
    await expectFailure(.unavailable) {
      _ = try await store.commit(ChangeSet(worker: "w", resizes: [Sample.resize("req-1")]))
    }
    await expectFailure(.unavailable) { _ = try await store.switches() }
    try server.thaw()
    // What was sent before may be done or not, but not in between: either outcome is known now.
    let outcome = try await untilAvailable { () throws(StoreError) in
      try await store.commit(ChangeSet(worker: "w", resizes: [Sample.resize("req-1")]))
    }
    #expect(
      outcome == .committed || outcome == .conflict(requestIds: ["req-1"], instanceIds: []))
    #expect(try await store.load(FactKeys(requestIds: ["req-1"])).resizes.count == 1)
    await store.close()
  }

  @Test("A connection that is cut in the middle of a commit leaves nothing of it")
  func cut() async throws {
    let configuration = try await PostgresStoreConfiguration.ofOneTest()
    let store = try await PostgresStore.open(configuration)
    let first = ChangeSet(worker: "w", resizes: [Sample.resize("req-1")])
    #expect(try await store.commit(first) == .committed)
    let holder = try Shell(configuration)
    try holder.run("BEGIN; SELECT FROM resizes FOR UPDATE")
    let second = ChangeSet(
      worker: "w", resizes: [Sample.resize("req-0"), Sample.resize("req-1", version: 1)],
      outbox: [Sample.message("w", 1)])
    let outcome = Task { try await store.commit(second) }
    try await PrivateDatabase.shared().query(
      """
      DO $$ BEGIN
        WHILE (
          SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
          WHERE wait_event_type = 'Lock' AND \(holder.process) = ANY (pg_blocking_pids(pid))) = 0
        LOOP PERFORM pg_sleep(0.01), pg_stat_clear_snapshot(); END LOOP;
      END $$
      """)
    await expectFailure(.unavailable) { _ = try await outcome.value }
    try holder.run("ROLLBACK")
    #expect(try await store.load(FactKeys(requestIds: ["req-0"])) == Facts())
    #expect(try await store.statistics(now: Sample.noon).outboxRows == 0)
    #expect(try await store.commit(second) == .committed)
    await store.close()
  }

  @Test(
    "After a failed attempt to connect, calls fail at once for a while that doubles, and no longer")
  func pause() throws {
    let clock = SteppedClock()
    let pause = ReconnectPause(now: { clock.now })
    let error = PostgresError(.unreachable, "nobody there")
    try pause.requireOver()
    var longest = Duration.milliseconds(100)
    for _ in 0..<8 {
      pause.begin(after: error)
      #expect(throws: error) { try pause.requireOver() }
      clock.step(by: longest / 2 - .milliseconds(1))
      #expect(throws: error) { try pause.requireOver() }
      clock.step(by: longest / 2 + .milliseconds(1))
      try pause.requireOver()
      longest = min(longest * 2, ReconnectPause.longest)
    }
    pause.begin(after: error)
    pause.end()
    try pause.requireOver()
  }
}

/// A clock that goes on only when it is told to.
private final class SteppedClock: Sendable {
  private let time = Mutex(ContinuousClock.now)

  var now: ContinuousClock.Instant { time.withLock { $0 } }

  func step(by duration: Duration) { time.withLock { $0 += duration } }
}

/// Expects a call to fail with a code.
func expectFailure(
  _ code: StoreError.Code, sourceLocation: SourceLocation = #_sourceLocation,
  _ call: () async throws -> Void
) async {
  let error = await #expect(throws: StoreError.self, sourceLocation: sourceLocation) {
    try await call()
  }
  #expect(error?.code == code, "\(error?.message ?? "")", sourceLocation: sourceLocation)
}

/// Calls again and again while the store is unavailable.
func untilAvailable<Value: Sendable>(
  _ call: () async throws(StoreError) -> Value
) async throws -> Value {
  while true {
    do throws(StoreError) {
      return try await call()
    } catch {
      guard error.code == .unavailable, !Task.isCancelled else { throw error }
      await Task.yield()
    }
  }
}

/// A connection of somebody else's to a store's schema.
struct Shell {
  private let connection: PostgresConnection
  let process: Int

  init(_ configuration: PostgresStoreConfiguration) throws {
    connection = try PostgresConnection(
      PostgresAddress(url: configuration.url), timeoutMilliseconds: 10_000)
    try connection.execute("SET search_path = \"\(configuration.schema)\"")
    let answers = try connection.run([
      Statement("process", "SELECT pg_backend_pid()::bigint").call()
    ])
    process = Int(answers[0].first?.integer(at: 0) ?? 0)
  }

  func run(_ sql: String) throws { try connection.execute(sql) }

  /// The first column of the rows.
  func texts(_ sql: String) throws -> [String] {
    try connection.run([Statement("\(sql.hashValue)", sql).call()])[0].map { $0.text(at: 0) }
  }
}
