import Resizing
import Storage
import Testing

extension ConformanceRule {
  static let duties = [
    ConformanceRule("switches are off at first and stay as they are set, each by itself") {
      store async throws in
      #expect(try await store.switches() == Switches())
      let paused = SwitchPosition(isPaused: true, changedBy: "ann@desk", changedAt: Sample.noon)
      let resumed = SwitchPosition(
        changedBy: "bob", changedAt: Sample.noon.adding(milliseconds: 1))
      try await store.set(.payments, to: paused)
      #expect(try await store.switches() == Switches(payments: paused))
      try await store.set(.intake, to: paused)
      #expect(try await store.switches() == Switches(payments: paused, intake: paused))
      try await store.set(.payments, to: resumed)
      #expect(try await store.switches() == Switches(payments: resumed, intake: paused))
    },
    ConformanceRule("the switches tell how many messages all workers have left to deliver") {
      store async throws in
      for worker in ["w", "v"] {
        try await store.heartbeat(
          WorkerHeartbeat(worker: worker, startedAt: Sample.noon, beatAt: Sample.noon))
      }
      _ = try await store.commit(
        ChangeSet(worker: "w", outbox: (1...7).map { Sample.message("w", $0) }))
      _ = try await store.commit(
        ChangeSet(worker: "v", outbox: (1...5).map { Sample.message("v", $0) }))
      #expect(try await store.switches().outbox == SharedOutbox(messages: 12, workers: 2))
      _ = try await store.commit(ChangeSet(worker: "w", confirmed: [2...4]))
      try await store.retire(worker: "w")
      #expect(try await store.switches().outbox == SharedOutbox(messages: 9, workers: 1))
    },
    ConformanceRule("the breaker moves only on top of the revision it carries") {
      store async throws in
      var opened = BreakerState(
        phase: .open, since: Sample.noon, until: Sample.noon.adding(milliseconds: 5), openings: 3,
        worker: "w-1", failed: 9, outcomes: 10)
      let late = BreakerState(phase: .halfOpen, openings: 1, worker: "w-2")
      let stored = try await store.exchange(opened)
      opened.revision = 1
      #expect(stored == opened)
      #expect(try await store.exchange(late) == opened)
      #expect(try await store.switches().breaker == opened)
      var closed = BreakerState(revision: 1)
      #expect(try await store.exchange(closed).revision == 2)
      closed.revision = 2
      #expect(try await store.switches() == Switches(breaker: closed))
      try await store.set(.payments, to: SwitchPosition(isPaused: true))
      #expect(try await store.switches().breaker == closed)
    },
    ConformanceRule("of many who move the breaker at once one does, and all are told which") {
      store async throws in
      let answers = try await withThrowingTaskGroup(of: BreakerState.self) { group in
        for index in 0..<20 {
          group.addTask { try await store.exchange(BreakerState(phase: .open, failed: index)) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.allSatisfy { $0 == answers.first && $0.revision == 1 })
    },
    ConformanceRule("the last heartbeat of a worker counts, and retiring strikes it") {
      store async throws in
      var heartbeat = WorkerHeartbeat(
        worker: "w", startedAt: Sample.noon, beatAt: Sample.noon, paymentsAnswered: 7,
        paymentsFailed: 2)
      try await store.heartbeat(heartbeat)
      heartbeat.beatAt = Sample.noon.adding(milliseconds: 5)
      heartbeat.paymentsFailed = 0
      try await store.heartbeat(heartbeat)
      #expect(try await store.statistics(now: Sample.noon).workers == [heartbeat])
      try await store.retire(worker: "w")
      try await store.retire(worker: "never there")
      #expect(try await store.statistics(now: Sample.noon).workers.isEmpty)
    },
  ]
}
