import Resizing
import Storage
import Testing

extension ConformanceRule {
  static let duties = [
    ConformanceRule("switches are off at first and stay as they are set") { store async throws in
      #expect(try await store.switches() == Switches())
      let all = [
        Switches(paymentsPaused: true), Switches(paymentsPaused: true, intakePaused: true),
        Switches(intakePaused: true), Switches(),
      ]
      for switches in all {
        try await store.set(switches)
        #expect(try await store.switches() == switches)
      }
    },
    ConformanceRule("the last heartbeat of a worker counts, and retiring strikes it") {
      store async throws in
      var heartbeat = WorkerHeartbeat(
        worker: "w", startedAt: Sample.noon, beatAt: Sample.noon)
      try await store.heartbeat(heartbeat)
      heartbeat.beatAt = Sample.noon.adding(milliseconds: 5)
      try await store.heartbeat(heartbeat)
      #expect(try await store.statistics(now: Sample.noon).workers == [heartbeat])
      try await store.retire(worker: "w")
      try await store.retire(worker: "never there")
      #expect(try await store.statistics(now: Sample.noon).workers.isEmpty)
    },
  ]
}
