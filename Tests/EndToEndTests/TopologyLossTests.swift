import AMQP
import BrokerFixture
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

    /// Who makes what a worker may not declare.
    enum Maker: CaseIterable {
      case anOperator
      case anotherWorker
    }

    @Test(
      "a worker that may not declare is ready again when somebody else has made a lost exchange",
      arguments: [true, false], Maker.allCases)
    func madeByAnother(declares: Bool, maker: Maker) async throws {
      let broker = try await PrivateBroker.shared()
      let user = PrivateBroker.uniqueName("looker")
      try await broker.control("add_user", user, "sesame")
      try await broker.control("set_permissions", user, ".*", ".*", ".*")
      let port = try LocalPort.free()
      let site = try await Site()
      let url = "amqp://\(user):sesame@\(site.address.host):\(site.address.port)"
      let worker = try site.worker(settings: [
        "worker.http": "127.0.0.1:\(port)", "broker.declareTopology": "\(declares)",
        "broker.url": url,
      ])
      try await isQuoted("before", site)
      try await broker.control("set_permissions", user, "^$", ".*", ".*")
      try await site.client.delete(exchange: site.names.results)
      try await site.send(.request("lost", "ins-1", more: #", "dryRun": true"#))
      let unready = try await answer(port, "/health/ready") {
        $0.contains("queues or exchanges are missing")
      }
      #expect(unready.code == 503)
      var other: ServerProcess?
      switch maker {
      case .anOperator: try await site.run("topology", "apply")
      case .anotherWorker: other = try site.worker("worker-2")
      }
      _ = try await answer(port, "/health/ready") { $0.contains(#""ready":true"#) }
      #expect(worker.log().contains("all queues and exchanges are there again"))
      // What a new connection finds is no news.
      #expect(!worker.log().contains("the consuming connection is lost"), "\(worker.log())")
      try await isQuoted("after", site)
      await stop(worker)
      if let other { await stop(other) }
    }
  }
}
