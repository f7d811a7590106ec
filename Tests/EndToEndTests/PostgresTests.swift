import DatabaseFixture
import Foundation
import Testing

@testable import resize_worker

extension EndToEnd {
  @Suite("Two workers on one PostgreSQL server")
  struct PostgresTests {
    @Test("the example requests come out as expected, each ends once, and the ledger is sound")
    func examples() async throws {
      let server = try await PrivateDatabase.shared()
      let site = try await Site(
        ["store.url": server.url, "payments.timeout": "2s"], instances: [])
      let examples = Package.path + "/ops/demo/"
      try await site.run("inventory", "import", "--template", examples + "inventory.json")
      var witness = try await site.witness()
      let workers = [try site.worker("w1"), try site.worker("w2")]
      let sandbox = try site.start("sandbox")
      try await site.run("submit", "--file", examples + "requests.jsonl", "--wait")
      _ = try await witness.status(of: "payment-slow", "completed")
      try await #require(
        eventually { try await server.count("SELECT sum(message_count) FROM outbox", site) == 0 })
      await stop(workers[0], workers[1], sandbox)

      let ends = "event IN ('completed', 'failed', 'rejected', 'canceled', 'quoted')"
      let requests = try String(contentsOfFile: examples + "requests.jsonl", encoding: .utf8)
        .split(separator: "\n").count
      #expect(
        try await server.count("SELECT count(DISTINCT resize) FROM timeline WHERE \(ends)", site)
          == requests)
      #expect(
        try await server.count("SELECT count(*) FROM timeline WHERE \(ends)", site) == requests)
      #expect(try await server.count("SELECT count(*) FROM workers", site) == 0)
      try await site.run("ledger", "verify")
    }

    @Test(
      "a server that is killed stops nobody for good: the workers wait, and go on by themselves")
    func killed() async throws {
      let server = try await PrivateDatabase.start()
      let site = try await Site(["store.url": server.url], instances: [.prepaid("ins-1")])
      var witness = try await site.witness()
      let workers = [try site.worker("w1"), try site.worker("w2")]
      let sandbox = try site.start("sandbox")
      for worker in workers {
        try await #require(eventually { worker.log().contains("consuming") })
      }
      try server.kill()
      try await site.send(.request("r-1", "ins-1"))
      try await #require(
        eventually { workers.contains { $0.log().contains("the store failed") } })
      try await server.restart()
      _ = try await witness.status(of: "r-1", "completed")
      await stop(workers[0], workers[1], sandbox)
      #expect(try await server.count("SELECT sum(minor_units) FROM ledger", site) == 0)
      #expect(try await server.count("SELECT count(*) FROM ledger", site) == 2)
    }
  }
}

extension PrivateDatabase {
  /// The one number that a query of a site's schema answers.
  fileprivate func count(_ sql: String, _ site: Site) async throws -> Int {
    let text = try await query("SET search_path = \"\(site.names.prefix)\"; \(sql)")
    return text.isEmpty ? 0 : try #require(Int(text), "\(text)")
  }
}
