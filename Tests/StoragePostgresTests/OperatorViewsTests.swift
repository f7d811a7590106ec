import DatabaseFixture
import Resizing
import Storage
import StorageConformance
import Testing

@testable import StoragePostgres

@Suite("What people look at on PostgreSQL", .timeLimit(.minutes(10)))
struct OperatorViewsTests {
  @Test("However many look, and however long it takes, a worker commits and beats meanwhile")
  func neighbours() async throws {
    var configuration = try await PostgresStoreConfiguration.ofOneTest()
    configuration.connections = 1
    // Longer than the calls in between take on a busy machine.
    configuration.timeoutMilliseconds = 300_000
    configuration.lockTimeoutMilliseconds = 300_000
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

  @Test("Every combination of what resizes are asked for finds its own, one after the other")
  func filters() async throws {
    var configuration = try await PostgresStoreConfiguration.ofOneTest()
    configuration.connections = 1
    let store = try await PostgresStore.open(configuration)
    let resizes = (0..<16).map { number in
      Sample.resize(
        "req-\(number)", instance: number & 1 == 0 ? "i-1" : "i-2",
        tenant: number & 2 == 0 ? "t-1" : "t-2",
        state: number & 4 == 0
          ? number & 8 == 0 ? .awaitingPayment : .awaitingRefund
          : number & 8 == 0 ? .applying : .compensating)
    }
    #expect(try await store.commit(ChangeSet(worker: "w", resizes: resizes)) == .committed)
    for asked in 0..<16 {
      let filter = ResizeFilter(
        states: asked & 4 == 0 ? nil : [.awaitingRefund, .applying],
        instanceId: asked & 1 == 0 ? nil : "i-2", tenantId: asked & 2 == 0 ? nil : "t-1",
        needsAttention: asked & 8 != 0)
      let wanted = resizes.filter {
        filter.states?.contains($0.state) ?? true
          && $0.request.instanceId == filter.instanceId ?? $0.request.instanceId
          && $0.request.tenantId == filter.tenantId ?? $0.request.tenantId
          && (!filter.needsAttention || $0.attention != nil)
      }
      let found = try await store.resizes(matching: filter)
      #expect(Set(found.map(\.requestId)) == Set(wanted.map(\.requestId)), "\(asked)")
    }
    await store.close()
  }
}
