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

      var log: String { current.withLock { $0?.log() ?? "" } }
    }

    /// - Parameters:
    ///   - limit: The worker's own. The queues' is made 7 here, it would be 20.
    ///   - code: The reason that the poison has to have at the end.
    ///   - crashes: How many workers it may take with it.
    @Test(
      "a message that crashes its workers ends in the dead letters; all of its neighbours are done",
      arguments: [(3, "DeliveryLimit", 4), (1_000, "delivery_limit", 8)])
    func crashLoop(limit: Int, code: String, crashes: Int) async throws {
      let site = try await Site(["worker.deliveryLimit": "\(limit)"])
      let prefix = site.names.prefix
      try await PrivateBroker.shared().control(
        "set_policy", "--apply-to", "queues", prefix, "^\(prefix).requests$",
        #"{"delivery-limit": 7}"#)
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
      #expect(supervisor.crashCount == crashes, "\(supervisor.log)")
      // One that was confirmed just before a crash is published once more, under its id.
      let ids = Set(witness.deadLetters.map { $0.properties.messageID })
      #expect(ids == ["other", "poison-1"])
      let letter = try #require(
        witness.deadLetters.first { $0.properties.messageID == "poison-1" })
      let reason = letter.header("x-reason-code") ?? letter.header("x-first-death-reason")
      #expect(reason == code)
      #expect(letter.body == poison.body)
      #expect(witness.statuses(of: "poison") == (limit == 3 ? ["rejected"] : []))
      let text = try await site.run("dead-letters", "show", "poison-1")
      #expect(text.contains("stopped its workers"), "\(text)")
      #expect(text.contains(site.names.requests))

      // When the mistake is mended, it is sent back and done like any other.
      let mended = try site.worker()
      try await site.run("dead-letters", "replay", "poison-1")
      _ = try await witness.status(of: "poison", "quoted")
      await stop(mended)
    }
  }
}
