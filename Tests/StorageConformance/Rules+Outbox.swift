import Contracts
import Resizing
import Storage
import Testing

extension ConformanceRule {
  static let outbox = [
    ConformanceRule("confirmed ranges go, the worker's other rows and other workers' stay") {
      store async throws in
      try await put((1...10).map { Sample.message("w", $0) }, to: store)
      try await put((1...10).map { Sample.message("v", $0) }, to: store)
      let changes = ChangeSet(worker: "w", confirmed: [1...3, 5...5, 9...(.max), -5...0])
      #expect(try await store.commit(changes) == .committed)
      #expect(try await left(by: "w", in: store) == ["w-4", "w-6", "w-7", "w-8"])
      #expect(try await left(by: "v", in: store).count == 10)
    },
    ConformanceRule("a message is adopted as it went in, whatever its destination and bytes") {
      store async throws in
      let destinations: [Destination] = [
        .results, .reply(queue: "amq.gen \"1\""), .payments, .commands, .metering, .deadLetters,
      ]
      let messages = destinations.enumerated().map { number, destination in
        Sample.message(
          "w", Int64(number), to: destination,
          headers: number.isMultiple(of: 2)
            ? [] : [.init("reason", "bad \"JSON\"\n"), .init("source", "")],
          body: number == 0 ? [] : [0, 0xff, 0xc3, UInt8(number)])
      }
      try await put(messages, to: store)
      let adopted = try await adopt(from: store, as: "heir", firstSequence: 70)
      #expect(adopted.map(\.event) == messages.map(\.event))
      #expect(adopted.map(\.createdAt) == messages.map(\.createdAt))
      #expect(adopted.map(\.sequence) == Array(70..<76))
      #expect(adopted.allSatisfy { $0.owner == "heir" })
    },
    ConformanceRule("rows of a retired worker are adopted at once, those of a live one never") {
      store async throws in
      try await beat("retired", at: 100, in: store)
      try await beat("live", at: 100, in: store)
      try await put([Sample.message("retired", 1), Sample.message("live", 1)], to: store)
      #expect(try await adopt(from: store, staleBefore: 50).isEmpty)
      try await store.retire(worker: "retired")
      #expect(try await adopt(from: store, staleBefore: 50).map(\.event.id) == ["retired-1"])
      #expect(try await adopt(from: store, staleBefore: 50).isEmpty)
      #expect(try await adopt(from: store, staleBefore: 100).isEmpty)
    },
    ConformanceRule("rows of a worker that has not beaten for long are adopted, and it is struck") {
      store async throws in
      try await beat("stale", at: 100, in: store)
      try await put([Sample.message("stale", 1)], to: store)
      #expect(try await adopt(from: store, staleBefore: 101).map(\.event.id) == ["stale-1"])
      #expect(try await store.statistics(now: Sample.noon).workers.isEmpty)
      try await beat("stale", at: 200, in: store)
      #expect(try await store.statistics(now: Sample.noon).workers.map(\.worker) == ["stale"])
    },
    ConformanceRule("a worker does not adopt from itself, nor is it struck by itself") {
      store async throws in
      try await beat("heir", at: 1, in: store)
      try await put([Sample.message("heir", 1)], to: store)
      #expect(try await adopt(from: store, staleBefore: 100).isEmpty)
      #expect(try await store.statistics(now: Sample.noon).workers.count == 1)
    },
    ConformanceRule("adoption is bounded, goes worker by worker, and numbers on") {
      store async throws in
      try await put((1...3).map { Sample.message("b", $0, at: moment(-9)) }, to: store)
      try await put((1...3).map { Sample.message("a", $0) }, to: store)
      let first = try await adopt(from: store, firstSequence: 1, limit: 4)
      #expect(first.map(\.event.id) == ["b-1", "b-2", "b-3", "a-1"])
      #expect(first.map(\.sequence) == [1, 2, 3, 4])
      #expect(try await adopt(from: store, limit: 0).isEmpty)
      let rest = try await adopt(from: store, firstSequence: 5, limit: 4)
      #expect(rest.map(\.event.id) == ["a-2", "a-3"])
      let confirmed = ChangeSet(worker: "heir", confirmed: [1...6])
      #expect(try await store.commit(confirmed) == .committed)
      #expect(try await store.statistics(now: Sample.noon).outboxRows == 0)
    },
    ConformanceRule("adopters at the same time never get the same message") { store async throws in
      try await put((1...300).map { Sample.message("gone", $0) }, to: store)
      for heir in 0..<6 { try await beat("heir-\(heir)", at: 100, in: store) }
      let adopted = try await withThrowingTaskGroup(of: [String].self) { group in
        for heir in 0..<6 {
          group.addTask {
            var mine: [String] = []
            while true {
              let some = try await adopt(
                from: store, as: "heir-\(heir)", firstSequence: Int64(mine.count), limit: 20)
              if some.isEmpty { return mine }
              mine += some.map(\.event.id)
            }
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(adopted.count == 300)
      #expect(Set(adopted).count == 300)
    },
  ]

  private static func moment(_ milliseconds: Int64) -> Moment {
    Sample.noon.adding(milliseconds: milliseconds)
  }

  private static func put(_ messages: [OutboxMessage], to store: any Store) async throws {
    let changes = ChangeSet(worker: messages.first?.owner ?? "", outbox: messages)
    #expect(try await store.commit(changes) == .committed)
  }

  private static func beat(_ worker: String, at time: Int64, in store: any Store) async throws {
    try await store.heartbeat(
      WorkerHeartbeat(worker: worker, startedAt: moment(0), beatAt: moment(time)))
  }

  private static func adopt(
    from store: any Store, as owner: String = "heir", firstSequence: Int64 = 1_000,
    staleBefore: Int64 = 0, limit: Int = 100
  ) async throws -> [OutboxMessage] {
    let adopted = try await store.adoptOutbox(
      owner: owner, firstSequence: firstSequence, staleBefore: moment(staleBefore), limit: limit)
    #expect(adopted.setAside.isEmpty)
    return adopted.messages
  }

  /// Takes what a worker left; the others live.
  private static func left(by worker: String, in store: any Store) async throws -> [String] {
    for other in ["v", "w", "heir-of-v", "heir-of-w"] where other != worker {
      try await beat(other, at: 100, in: store)
    }
    try await store.retire(worker: worker)
    return try await adopt(from: store, as: "heir-of-\(worker)").map(\.event.id)
  }
}
