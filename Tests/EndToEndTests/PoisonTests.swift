import AMQP
import BrokerFixture
import Contracts
import Foundation
import Synchronization
import Testing

@testable import resize_worker

extension EndToEnd {
  @Suite("Poison")
  struct PoisonTests {
    /// Starts a worker again and again, as a supervisor does, until it is told to stop.
    private final class Supervisor: Sendable {
      private let crashes = Mutex(0)
      private let current = Mutex<ServerProcess?>(nil)
      let logs = Mutex<[String]>([])

      var crashCount: Int { crashes.withLock { $0 } }

      func supervise(_ start: @Sendable () throws -> ServerProcess) async throws {
        while !Task.isCancelled {
          let worker = try start()
          current.withLock { $0 = worker }
          let ending = await worker.ending()
          guard !Task.isCancelled else { break }
          logs.withLock { $0.append(worker.log()) }
          if case .signal = ending { crashes.withLock { $0 += 1 } }
        }
      }

      /// Ends the worker that the last turn has started.
      func end() async {
        let worker = current.withLock { $0 }
        worker?.send(SIGKILL)
        await worker?.ending()
      }

      var log: String { current.withLock { $0?.log() ?? "" } }
    }

    /// - Parameters:
    ///   - limit: The worker's own; where it is high, a policy limits the queue to 7.
    ///   - code: The reason that the poison has to have at the end.
    ///   - explanation: What `dead-letters show` says of it.
    @Test(
      "a message that crashes its workers ends in the dead letters; all of its neighbours are done",
      arguments: [
        (3, "CrashLimit", "ended out of order 3 times"),
        (1_000, "delivery_limit", "stopped its workers"),
      ])
    func crashLoop(limit: Int, code: String, explanation: String) async throws {
      let site = try await Site(["worker.crashLimit": "\(limit)"])
      let prefix = site.names.prefix
      if limit > 7 {
        try await PrivateBroker.shared().control(
          "set_policy", "--apply-to", "queues", prefix, "^\(prefix).requests$",
          #"{"delivery-limit": 7}"#)
      }
      // Five are taken with it before it is suspected, and three alone with it.
      let crashes = 8
      var witness = try await site.witness()
      let neighbours = (1...40).map { "n-\($0)" }
      func quote(_ id: String) -> Message {
        .request(id, "ins-1", more: #", "dryRun": true"#)
      }
      var poison = quote("poison")
      poison.properties.messageID = "poison-1"
      poison.properties.correlationID = "poison"
      var settlement = Message(#"{"neighbour": "in another queue"}"#, to: \.settlements)
      settlement.properties.messageID = "other"
      try await site.send(
        neighbours.prefix(20).map(quote) + [poison] + neighbours.suffix(20).map(quote)
          + [settlement])
      let supervisor = Supervisor()
      let name = RunningWorker.poisonVariable
      let supervision = Task {
        try await supervisor.supervise {
          try site.worker(environment: [name: "poison"])
        }
      }
      defer { supervision.cancel() }
      try await witness.until("every neighbour and the letters") { seen in
        let quoted = Set(seen.filter { $0.status == "quoted" }.map(\.requestId))
        return quoted.isSuperset(of: neighbours)
          && Set(
            seen.filter { $0.exchange == site.names.deadLetters }.map(\.properties.messageID)
          ).count >= 2
      }
      // The last crash is counted a little after the broker has seen it.
      await eventually { supervisor.crashCount >= crashes }
      supervision.cancel()
      try await supervision.value
      // Nor may it take the poison again below.
      await supervisor.end()
      #expect(supervisor.crashCount == crashes, "\(supervisor.log)")
      // One that was confirmed just before a crash is published once more, under its id.
      let ids = Set(witness.deadLetters.map { $0.properties.messageID })
      #expect(ids == ["other", "poison-1"])
      let letter = try #require(
        witness.deadLetters.first { $0.properties.messageID == "poison-1" })
      let reason = letter.header("x-reason-code") ?? letter.header("x-first-death-reason")
      #expect(reason == code)
      #expect(letter.body == poison.body)
      // Letter and answer go to different exchanges: either may come first.
      if limit == 3 { _ = try await witness.status(of: "poison", "rejected") }
      #expect(witness.statuses(of: "poison") == (limit == 3 ? ["rejected"] : []))
      try await site.hasDeadLetters(ids.count)
      let text = try await site.run("dead-letters", "show", "poison-1")
      #expect(text.contains(explanation), "\(text)")
      #expect(text.contains(site.names.requests))

      // When the mistake is mended, it is sent back and done like any other.
      let mended = try site.worker()
      try await site.run("dead-letters", "replay", "poison-1")
      _ = try await witness.status(of: "poison", "quoted")
      await stop(mended)
    }

    @Test("however often connections are lost with them, messages that nobody began with are done")
    func lostConnections() async throws {
      let site = try await Site()
      var witness = try await site.witness()
      let ids = (1...30).map { "r-\($0)" }
      try await site.send(ids.map { .request($0, "ins-1", more: #", "dryRun": true"#) })
      for _ in 1...25 {
        let consumer = try BrokerConsumer(
          [.init(queue: site.names.requests)], at: site.address,
          settings: ConnectionSettings(name: "lost"))
        try consumer.start()
        var taken = 0
        for await case .deliveries(let deliveries) in consumer.events {
          taken += deliveries.count
          if taken == ids.count { break }
        }
        consumer.close()
        await consumer.closed()
      }
      let worker = try site.worker()
      try await witness.until("every quote") { seen in
        Set(seen.filter { $0.status == "quoted" }.map(\.requestId)).isSuperset(of: ids)
      }
      #expect(witness.deadLetters.isEmpty)
      await stop(worker)
      #expect(try await site.client.depths(of: [site.names.deadLetters])[0].messageCount == 0)
      #expect(try site.count("SELECT count(*) FROM trials") == 0)
    }
  }
}
