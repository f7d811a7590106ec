import AMQP
import Contracts
import ScriptFixture
import Testing

@testable import resize_worker

extension EndToEnd {
  @Suite("A broker that has lost its queues")
  struct TopologyLossTests {
    /// Takes everything away, what is consumed last, so that each loss is noticed.
    private func lose(_ site: Site) async throws {
      let topology = ResizeTopology.topology(site.names)
      for exchange in topology.exchanges { try await site.client.delete(exchange: exchange.name) }
      for queue in topology.queues.reversed() { try await site.client.delete(queue: queue.name) }
    }

    private func isQuoted(_ id: String, _ site: Site) async throws {
      var witness = try await site.witness()
      try await site.send(.request(id, "ins-1", more: #", "dryRun": true"#))
      _ = try await witness.status(of: id, "quoted")
    }

    @Test("a running worker declares them anew, says so, and goes on by itself")
    func declaredAnew() async throws {
      let port = try LocalPort.free()
      let site = try await Site(["worker.http": "127.0.0.1:\(port)"])
      let worker = try site.worker()
      try await isQuoted("before", site)
      try await lose(site)
      let topology = ResizeTopology.topology(site.names)
      try await #require(eventually { try await site.client.check(topology).isEmpty })
      try await #require(eventually { worker.log().contains("all are declared anew") })
      let ready = try await answer(port, "/health/ready") { $0.contains(#""ready":true"#) }
      #expect(ready.code == 200)
      try await isQuoted("after", site)
      await stop(worker)
    }

    @Test(
      "a worker that is not to declare them is not ready and says what to do, until somebody does")
    func notAllowed() async throws {
      let port = try LocalPort.free()
      let site = try await Site([
        "worker.http": "127.0.0.1:\(port)", "broker.declareTopology": "false",
      ])
      let worker = try site.worker()
      try await isQuoted("before", site)
      try await lose(site)
      let unready = try await answer(port, "/health/ready") {
        $0.contains("queues or exchanges are missing; run `resize-worker topology apply`")
      }
      #expect(unready.code == 503)
      #expect(try await !site.client.check(ResizeTopology.topology(site.names)).isEmpty)
      try await site.run("topology", "apply")
      _ = try await answer(port, "/health/ready") { $0.contains(#""ready":true"#) }
      try await isQuoted("after", site)
      await stop(worker)
    }
  }
}
