import AMQP
import BrokerFixture
import Foundation
import ScriptFixture
import Testing

extension EndToEnd {
  @Suite("An outbox that cannot be delivered")
  struct FlowTests {
    private static let count = 120

    private func site(on broker: PrivateBroker? = nil, _ port: UInt16) async throws -> Site {
      try await Site(
        on: broker,
        [
          "worker.outboxLimit": "16", "broker.prefetch": "4", "worker.batch": "4",
          "worker.http": "127.0.0.1:\(port)",
        ], instances: (0..<Self.count).map { .prepaid("ins-\($0)") })
    }

    private var requests: [Message] {
      (0..<Self.count).map { .request("r-\($0)", "ins-\($0)") }
    }

    @Test(
      "without a queue for payments, requests stop at the bound and readiness says why; with one, all completes"
    )
    func unroutable() async throws {
      let port = try LocalPort.free()
      let site = try await site(port)
      let worker = try site.worker()
      try await #require(eventually { worker.log().contains("consuming") })
      try await site.client.delete(queue: site.names.payments)
      try await site.send(requests)
      let missing =
        "exchange \(site.names.payments) has no queue for payment.requested"
      let unready = try await answer(port, "/health/ready") {
        $0.contains("no new requests are taken: the outbox holds") && $0.contains(missing)
      }
      #expect(unready.code == 503)
      #expect(unready.body.contains("undelivered messages, the oldest for"))
      try await #require(
        eventually { try site.count("SELECT count(*) FROM resizes") >= 16 })
      let metrics = try await answer(port, "/metrics") {
        $0.contains(#"resize_worker_requests_held{reason="outbox"} 1"#)
      }.body
      #expect(metrics.contains("resize_worker_outbox_oldest_seconds"))
      #expect(value(of: "resize_worker_outbox_unroutable", in: metrics) > 0)
      #expect(value(of: "resize_worker_unroutable_total", in: metrics) >= 16)
      let taken = try site.count("SELECT count(*) FROM resizes")
      #expect(taken < Self.count, "\(taken) requests were taken")
      #expect(try site.unsent() <= 40)

      try await site.run("topology", "apply")
      let sandbox = try site.start("sandbox")
      try await #require(eventually { try completed(site) == Self.count })
      try await #require(site.outboxIsEmpty())
      #expect(try site.count("SELECT count(*) FROM ledger") == 2 * Self.count)
      let ready = try await answer(port, "/health/ready") { $0.contains(#""ready":true"#) }
      #expect(ready.code == 200)
      await stop(worker, sandbox)
    }

    @Test(
      "two workers that share an outbox stay below its bound together, and each says why it waits")
    func shared() async throws {
      let (bound, batch) = (64, 4)
      let ports = [try LocalPort.free(), try LocalPort.free()]
      let site = try await Site(
        [
          "worker.outboxLimit": "\(bound)", "broker.prefetch": "4", "worker.batch": "\(batch)",
        ], instances: (0..<200).map { .prepaid("ins-\($0)") })
      let workers = try ports.indices.map {
        try site.worker("w\($0)", settings: ["worker.http": "127.0.0.1:\(ports[$0])"])
      }
      for port in ports {
        _ = try await answer(port, "/health/ready") { $0.contains(#""ready":true"#) }
      }
      try await #require(eventually { try site.count("SELECT count(*) FROM workers") == 2 })
      // Each has read by then that it is not alone.
      for worker in workers {
        try await #require(eventually { worker.log().contains("consuming") })
      }
      try await site.run("payments", "pause")
      for port in ports {
        _ = try await answer(port, "/health/ready") { $0.contains("payments are paused") }
      }
      try await site.send((0..<200).map { .request("r-\($0)", "ins-\($0)") })
      for port in ports {
        let held = try await answer(port, "/health/ready") {
          $0.contains("no new requests are taken: the outbox holds")
        }
        #expect(held.code == 503)
        #expect(held.body.contains("undelivered messages of 2 workers"), "\(held)")
        #expect(held.body.contains("payments are paused"), "\(held)")
        let metrics = try await answer(port, "/metrics") {
          value(of: "resize_worker_outbox_messages", in: $0) >= bound / 2
        }.body
        #expect(value(of: "resize_worker_outbox_messages", in: metrics) <= bound + 4 * batch)
      }
      // A batch that is begun below the bound may lead above it: a status and a payment a request.
      let unsent = try site.unsent()
      #expect(bound...(bound + 4 * batch) ~= unsent, "\(unsent) messages wait")

      let sandbox = try site.start("sandbox")
      try await site.run("payments", "resume")
      try await #require(eventually { try completed(site) == 200 })
      try await #require(site.outboxIsEmpty())
      await stop(workers[0], workers[1], sandbox)
    }

    @Test("a memory alarm stops requests at once and readiness says why; afterwards all completes")
    func alarm() async throws {
      let port = try LocalPort.free()
      let broker = try await PrivateBroker.start()
      let site = try await site(on: broker, port)
      let worker = try site.worker()
      try await #require(eventually { worker.log().contains("consuming") })
      try await site.run("intake", "pause", "--by", "ann")
      let paused = try await answer(port, "/health/ready") {
        $0.contains("intake is paused by ann since")
      }
      #expect(paused.code == 200, "a worker that was told to wait is ready: \(paused.body)")
      try await site.send(requests)
      #expect(try site.count("SELECT count(*) FROM resizes") == 0)
      try await broker.control("set_vm_memory_high_watermark", "0.0001")
      try await site.run("intake", "resume")
      let blocked = try await answer(port, "/health/ready") {
        $0.contains("no new requests are taken: the broker takes no messages: low on memory")
      }
      #expect(blocked.code == 503)
      #expect(try site.count("SELECT count(*) FROM resizes") < Self.count)
      try await broker.control("set_vm_memory_high_watermark", "0.4")
      let sandbox = try site.start("sandbox")
      try await #require(eventually { try completed(site) == Self.count })
      #expect(try site.count("SELECT count(*) FROM ledger") == 2 * Self.count)
      #expect(worker.log().contains("new requests are taken again"))
      await stop(worker, sandbox)
      try await broker.stop()
    }

    private func completed(_ site: Site) throws -> Int {
      try site.count("SELECT count(*) FROM resizes WHERE state = 'completed'")
    }

    private func value(of metric: String, in text: String) -> Int {
      let line = text.split(separator: "\n").first { $0.hasPrefix(metric + " ") }
      return line?.split(separator: " ").last.flatMap { Int($0) } ?? -1
    }
  }
}
