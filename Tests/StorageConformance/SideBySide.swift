import Resizing
import Storage
import Testing

/// What several stores on one database must be able to do at once; the engine opens and closes them.
public enum SideBySide {
  /// Commits, loads and claims of several stores wait for each other and lose nothing.
  public static func expectNothingLost(by stores: [any Store]) async throws {
    let claimed = try await withThrowingTaskGroup(of: [String].self) { group in
      for (number, store) in stores.enumerated() {
        group.addTask { try await work(number, store) }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(Set(claimed).count == claimed.count)
    let statistics = try await stores[0].statistics(now: Sample.noon)
    #expect(statistics.resizes == [.awaitingPayment: 30 * stores.count])
    #expect(statistics.outboxRows == stores.count)
  }

  /// Thirty commits with loads and claims between them.
  /// - Returns: The timers claimed.
  private static func work(_ number: Int, _ store: any Store) async throws -> [String] {
    var claimed: [String] = []
    for round in 1...30 as ClosedRange<Int64> {
      let requestId = "req-\(number)-\(round)"
      let changes = ChangeSet(
        worker: "w-\(number)",
        resizes: [Sample.resize(requestId, instance: requestId, dueAt: Sample.noon)],
        instances: [Sample.instance(requestId)],
        outbox: [Sample.message("w-\(number)", round)],
        confirmed: round == 1 ? [] : [(round - 1)...(round - 1)])
      guard try await store.commit(changes) == .committed else { continue }
      _ = try await store.load(FactKeys(requestIds: [requestId]))
      claimed += try await store.claimDueTimers(now: Sample.noon, limit: 5, lease: 1_000)
    }
    return claimed
  }

  /// A commit of a canceled task is done or not, but never in between.
  public static func expectWholeCommit(ofCanceledTaskIn store: any Store) async throws {
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await store.commit(ChangeSet(worker: "w", resizes: [Sample.resize("req-1")]))
    }
    #expect(try await task.value == .committed)
    #expect(try await store.load(FactKeys(requestIds: ["req-1"])).resizes.count == 1)
  }
}
