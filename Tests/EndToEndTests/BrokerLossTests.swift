import BrokerFixture
import Testing

extension EndToEnd {
  @Suite("A broker that goes and comes back", .serialized)
  struct BrokerLossTests {
    private static let broker = Task { try await PrivateBroker.start() }

    enum Loss: String, CaseIterable, Sendable {
      case stopped, killed
    }

    private static func ended(_ seen: [Seen]) -> Set<String> {
      Set(seen.lazy.filter { $0.status == "completed" }.map(\.requestId))
    }

    @Test(
      "cut off and then stopped or killed: all that is under way ends all the same, once",
      arguments: Loss.allCases)
    func loss(_ loss: Loss) async throws {
      let count = 200
      let broker = try await Self.broker.value
      let site = try await Site(
        on: broker, ["payments.timeout": "4s", "apply.mode": "command", "apply.timeout": "4s"],
        instances: (0..<count).map { .prepaid("ins-\($0)") })
      var witness = try await site.witness()
      let workers = [try site.worker("w1"), try site.worker("w2")]
      let sandbox = try site.start("sandbox", "--delay", "3000")
      try await site.send((0..<count).map { .request("r-\($0)", "ins-\($0)") })
      try await witness.until("the first ends") { Self.ended($0).count >= 5 }
      try await broker.control("close_all_connections", "test")
      try await witness.until("more ends") { Self.ended($0).count >= 10 }
      #expect(Self.ended(witness.seen).count < count, "the load was over before the loss")
      switch loss {
      case .stopped: try await broker.stop()
      case .killed: try await broker.kill()
      }
      // What it leaves in the outbox is the other's.
      await stop(workers[1])
      try await broker.restart()
      try await witness.until("the end of \(count) requests") { Self.ended($0).count == count }
      for index in 0..<count {
        let statuses = witness.statuses(of: "r-\(index)")
        #expect(statuses.count { $0 == "completed" } == 1, "r-\(index): \(statuses)")
      }
      try await #require(site.outboxIsEmpty())
      #expect(try site.count("SELECT count(*) FROM ledger") == 2 * count)
      #expect(witness.deadLetters.isEmpty)
      for worker in workers {
        #expect(worker.log().contains("connection is lost, reconnecting"))
      }
      #expect(workers[0].isRunning)
      await stop(workers[0], sandbox)
    }
  }
}
