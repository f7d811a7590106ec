import BrokerFixture
import Testing

extension EndToEnd {
  @Suite("Sending a wish, and following what becomes of it")
  struct FollowingTests {
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
  }
}
