import DatabaseFixture
import Resizing
import Storage
import StorageConformance
import Testing

@testable import StoragePostgres

@Suite("What people look at on PostgreSQL", .timeLimit(.minutes(3)))
struct OperatorViewsTests {
  @Test("However many look, and however long it takes, a worker commits and beats meanwhile")
  func neighbours() async throws {
    var configuration = try await PostgresStoreConfiguration.ofOneTest()
    configuration.connections = 1
    configuration.lockTimeoutMilliseconds = 20_000
    let store = try await PostgresStore.open(configuration)
    let holder = try Shell(configuration)
    try holder.run("BEGIN; LOCK TABLE outbox_set_aside IN ACCESS EXCLUSIVE MODE")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask { _ = try await store.statistics(now: Sample.noon) }
      }
      try await PrivateDatabase.shared().query(
        """
        DO $$ BEGIN
          WHILE NOT EXISTS (
            SELECT FROM pg_stat_activity WHERE \(holder.process) = ANY (pg_blocking_pids(pid)))
          LOOP PERFORM pg_sleep(0.01), pg_stat_clear_snapshot(); END LOOP;
        END $$
        """)
      let changes = ChangeSet(worker: "w", resizes: [Sample.resize("req-1")])
      #expect(try await store.commit(changes) == .committed)
      try await store.heartbeat(
        WorkerHeartbeat(worker: "w", startedAt: Sample.noon, beatAt: Sample.noon))
      // Those who waited for it longer than the two calls have failed.
      try holder.run("ROLLBACK")
      try await group.waitForAll()
    }
    #expect(try await store.statistics(now: Sample.noon).workers.count == 1)
    await store.close()
  }
}
