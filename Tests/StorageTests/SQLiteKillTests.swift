import Foundation
import Resizing
import Storage
import StorageConformance
import StorageSQLite
import Testing

@Suite("A worker that is killed while it commits")
struct SQLiteKillTests {
  private static let rows = 40

  @Test("leaves every commit that was answered, and the last one as a whole or not at all")
  func killed() async throws {
    try await TemporaryFolder.with { folder in
      let path = folder.path("store.db")
      let answered = folder.path("answered")
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = path as String, answered = answered as String] in
        try await SQLiteKillTests.commitUntilKilled(path, answered)
      }
      let text = try String(contentsOfFile: answered, encoding: .utf8)
      let batches = text.split(separator: "\n").count
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: path))
      let statistics = try await store.statistics(now: Sample.noon)
      let resizes = try #require(statistics.resizes[.awaitingPayment])
      #expect(batches >= 20)
      #expect(resizes >= batches * Self.rows)
      #expect(resizes <= (batches + 1) * Self.rows)
      #expect(resizes.isMultiple(of: Self.rows))
      #expect(statistics.instances == resizes)
      #expect(statistics.outboxRows == resizes)
      await store.close()
    }
  }

  /// Commits batch after batch and notes each that was answered, while another task, after the
  /// twentieth, kills the process in the middle of whatever the first is doing.
  private static func commitUntilKilled(_ path: String, _ answered: String) async throws {
    let store = try SQLiteStore(SQLiteStoreConfiguration(path: path))
    let file = open(answered, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    let (commits, continuation) = AsyncStream<Int>.makeStream()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for batch in 0... {
          guard try await store.commit(changes(batch)) == .committed else { return }
          write(file, "\(batch)\n", "\(batch)\n".utf8.count)
          continuation.yield(batch)
        }
      }
      group.addTask {
        for await batch in commits where batch >= 20 { kill(getpid(), SIGKILL) }
      }
      try await group.waitForAll()
    }
  }

  private static func changes(_ batch: Int) -> ChangeSet {
    let ids = (0..<rows).map { "\(batch)-\($0)" }
    return ChangeSet(
      worker: "w", resizes: ids.map { Sample.resize($0, instance: $0) },
      instances: ids.map { Sample.instance($0) },
      outbox: (0..<rows).map { Sample.message("w", Int64(batch * rows + $0)) })
  }
}
