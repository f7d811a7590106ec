import BrokerFixture
import Testing

extension EndToEnd {
  @Suite("A broker that goes and comes back", .serialized)
  struct BrokerLossTests {
    private static let broker = Task { try await PrivateBroker.start() }

    enum Loss: String, CaseIterable, Sendable {
      case stopped, killed, connectionsCut
    }

    @Test("everything under way ends all the same, once", arguments: Loss.allCases)
    func loss(_ loss: Loss) async throws {
      let count = 200
      let broker = try await Self.broker.value
      let site = try await Site(
        on: broker, ["payments.timeout": "5s", "apply.mode": "command", "apply.timeout": "5s"],
        instances: (0..<count).map { .prepaid("ins-\($0)") })
      var witness = try await site.witness()
      let workers = [try site.worker("w1"), try site.worker("w2")]
      let sandbox = try site.start("sandbox", "--delay", "400")
      try await site.send((0..<count).map { .request("r-\($0)", "ins-\($0)") })
      try await witness.until("a few ends") { $0.count { $0.status == "completed" } >= 10 }
      switch loss {
      case .stopped: try await broker.stop()
      case .killed: try broker.kill()
      case .connectionsCut: try await broker.control("close_all_connections", "test")
      }
      if loss != .connectionsCut { try await broker.restart() }
      try await witness.until("the end of \(count) requests") { seen in
        Set(seen.lazy.filter { $0.status == "completed" }.map(\.requestId)).count == count
      }
      for index in 0..<count {
        let statuses = witness.statuses(of: "r-\(index)")
        #expect(statuses.count { $0 == "completed" } == 1, "r-\(index): \(statuses)")
      }
      try await #require(site.outboxIsEmpty())
      #expect(try site.count("SELECT count(*) FROM ledger") == 2 * count)
      #expect(witness.deadLetters.isEmpty)
      for worker in workers {
        #expect(worker.isRunning)
        #expect(worker.log().contains("connection is lost, reconnecting"))
      }
      await stop(workers[0], workers[1], sandbox)
    }
  }
}
