import Resizing
import Storage
import Testing

extension SharingRule {
  static let neighbours = [
    SharingRule("stores that open a new database at the same time all find its tables") {
      database async throws in
      let stores = try await withThrowingTaskGroup(of: (any Store).self) { group in
        for _ in 0..<6 { group.addTask { try await database.open() } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      for store in stores {
        #expect(try await store.statistics(now: Sample.noon) == StoreStatistics())
      }
      for store in stores { await store.close() }
    },
    SharingRule("commits and claims of several stores wait for each other and lose nothing") {
      database async throws in
      var stores: [any Store] = []
      for _ in 0..<4 { stores.append(try await database.open()) }
      let claimed = try await withThrowingTaskGroup(of: [String].self) { group in
        for (number, store) in stores.enumerated() {
          group.addTask { try await work(number, store) }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(Set(claimed).count == claimed.count)
      let statistics = try await stores[0].statistics(now: Sample.noon)
      #expect(statistics.resizes == [.awaitingPayment: 120])
      #expect(statistics.outboxRows == 4)
      for store in stores { await store.close() }
    },
    SharingRule("a commit of a canceled task is done or not, but never in between") {
      database async throws in
      let store = try await database.open()
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await store.commit(ChangeSet(worker: "w", resizes: [Sample.resize("req-1")]))
      }
      #expect(try await task.value == .committed)
      #expect(try await store.load(FactKeys(requestIds: ["req-1"])).resizes.count == 1)
      await store.close()
    },
  ]

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
}
