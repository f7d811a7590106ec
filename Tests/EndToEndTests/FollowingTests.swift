import AMQP
import BrokerFixture
import Contracts
import Resizing
import Testing

@testable import resize_worker

extension EndToEnd {
  @Suite("Sending a wish, and following what becomes of it")
  struct FollowingTests {
    private func publish(
      _ id: String, time: String = "2026-11-20T08:00:00Z", _ site: Site
    ) async throws {
      let body = """
        {"specversion": "1.0", "id": "s-\(id)", "source": "/test", "type": "resize.status.v1", \
        "time": "\(time)", "data": {"requestId": "\(id)", "tenantId": "t", "instanceId": "ins-1", \
        "status": "completed", "sequence": 1, "quote": {"direction": "charge", \
        "amount": "1\\u001b[1m", "currency": "US\\u001b[2mD"}}}
        """
      let settings = try Settings(environment: site.environment)
      let fates = try await ConfirmedPublisher(settings, purpose: "test").publish([
        AMQP.OutgoingMessage(
          token: 1, exchange: site.names.results, routingKey: "t.completed", isMandatory: false,
          properties: MessageProperties(), body: Array(body.utf8))
      ])
      #expect(fates[1] == .confirmed)
    }

    @Test("cancel waits no longer than its --timeout, also for a broker that takes nothing")
    func blocked() async throws {
      let broker = try await PrivateBroker.start()
      let site = try await Site(on: broker)
      try await broker.control("set_vm_memory_high_watermark", "0.00001")
      let cancel = try site.start("cancel", "r-1", "--tenant", "t", "--timeout", "2s")
      #expect(await cancel.ending() == .exit(3), "\(cancel.log())")
      #expect(cancel.log().contains("within 2s"), "\(cancel.log())")
      try await broker.stop()
    }

    @Test("a wish is sent once, however often connecting again fails")
    func once() async throws {
      let broker = try await PrivateBroker.start()
      let site = try await Site(on: broker)
      try await broker.control("set_vm_memory_high_watermark", "0.00001")
      let cancel = try site.start("cancel", "r-1", "--tenant", "t", "--timeout", "10m")
      try await #require(
        eventually { try await broker.control("list_connections", "state").contains("blocked") })
      try await broker.kill()
      try await broker.restart()
      try await #require(
        eventually {
          try await site.client.depths(of: [site.names.requests]).first?.messageCount ?? 0 > 0
        })
      // It sends no more when it has the confirm; what it has queued comes with it.
      try await #require(
        eventually {
          try await !broker.control("list_connections", "client_properties").contains("submit")
        })
      #expect(try await site.client.purge(site.names.requests) == 1)
      cancel.terminate()
      await cancel.ending()
      try await broker.stop()
    }

    @Test("who follows results goes on when the queue for them has expired")
    func expired() async throws {
      let site = try await Site(instances: [])
      let results = try await ResultSubscription(try Settings(environment: site.environment))
      try await site.client.delete(queue: results.queue)
      async let found = results.first { $0.requestId == "r-1" }
      try await #require(
        eventually {
          let depths = try? await site.client.depths(of: [results.queue])
          return depths?.first?.consumerCount == 1
        })
      try await publish("r-1", site)
      #expect(await found?.status == .completed)
      await results.close()
    }

    @Test("a lost connection is told once by who follows results, and found again")
    func lost() async throws {
      let broker = try await PrivateBroker.start()
      let site = try await Site(on: broker, instances: [])
      let watch = try site.start("watch", "--request", "r-1", "--json")
      try await #require(
        eventually { try await broker.control("list_consumers", "queue_name").contains("line-") })
      try await broker.stop()
      try await #require(eventually { watch.log().contains("statuses may be missed") })
      try await broker.restart()
      try await #require(
        eventually { try await broker.control("list_consumers", "queue_name").contains("line-") })
      try await publish("r-1", site)
      #expect(await watch.ending() == .exit(0))
      #expect(watch.log().split(separator: "\n").count == 1, "\(watch.log())")
      #expect(try watch.output().contains("r-1"))
      try await broker.stop()
    }

    @Test("nothing that a status says can steer the terminal of who watches")
    func printable() async throws {
      let site = try await Site(instances: [])
      let watch = try site.start("watch", "--request", "r-1")
      try await #require(
        eventually {
          try await publish("r-1", time: #"now\u001b]0;owned\u0007"#, site)
          return !watch.isRunning
        })
      let told = try watch.output()
      #expect(told.contains("charge 1") && told.contains("owned"), "\(told)")
      #expect(!told.contains("\u{1B}") && !told.contains("\u{7}"), "\(told)")
    }
  }
}
