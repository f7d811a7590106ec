import Contracts
import Foundation
import Testing

@testable import resize_worker

extension EndToEnd {
  @Suite("Several workers on one broker and one file")
  struct CompetingTests {
    @Test(
      "each request ends once, no key moves twice, a worker killed meanwhile leaves nothing behind")
    func threeWorkers() async throws {
      let count = 500
      let site = try await Site(
        ["payments.timeout": "2s", "refunds.backoff.ceiling": "2s"],
        instances: (0..<count).map { .prepaid("ins-\($0)", spec: $0 % 5 == 0 ? "plus" : "basic") })
      let journal = site.folder.path + "/journal.jsonl"
      var witness = try await site.witness()
      let workers = try ["w1", "w2", "w3"].map(site.worker)
      let sandbox = try site.start(
        "sandbox", "--failed", "10", "--unanswered", "2", "--duplicated", "10", "--delay", "50",
        "--journal", journal)
      for worker in workers {
        try await #require(eventually { worker.log().contains("consuming") })
      }
      let requests = (0..<count).map {
        Message.request("r-\($0)", "ins-\($0)", spec: $0 % 5 == 0 ? "basic" : "plus")
      }
      try await site.send(requests)
      try await #require(eventually { try ended(site, by: "w2") > 0 })
      workers[1].send(SIGKILL)
      try await witness.until("the end of \(count) requests") { seen in
        seen.count { $0.status == "completed" } >= count
          && Set(seen.lazy.filter { $0.status == "completed" }.map(\.requestId)).count == count
      }
      try await #require(site.outboxIsEmpty())

      #expect(
        try site.query("SELECT state, count(*) FROM resizes GROUP BY state")
          == [["completed", "\(count)"]])
      #expect(try site.count("SELECT count(*) FROM timeline WHERE event = 'completed'") == count)
      for worker in ["w1", "w2", "w3"] { #expect(try ended(site, by: worker) > 0, "\(worker)") }
      for index in 0..<count {
        let ends = witness.statuses(of: "r-\(index)").filter { $0 == "completed" }
        #expect(ends.count == 1, "r-\(index)")
      }
      #expect(try site.count("SELECT sum(minor_units) FROM ledger") == 0)
      #expect(try site.count("SELECT count(*) FROM ledger") == 2 * count)
      let keys = try movedKeys(journal)
      #expect(keys.count == count)
      #expect(keys.values.allSatisfy { $0 == 1 })
      await stop(workers[0], workers[2], sandbox)
      #expect(try await site.client.depths(of: [site.names.deadLetters]).first?.messageCount == 0)
    }

    private func ended(_ site: Site, by worker: String) throws -> Int {
      try site.count(
        "SELECT count(*) FROM timeline WHERE event = 'completed' AND worker LIKE '\(worker)#%'")
    }

    /// How often money has moved, by key.
    private func movedKeys(_ journal: String) throws -> [String: Int] {
      var keys: [String: Int] = [:]
      for line in try String(contentsOfFile: journal, encoding: .utf8).split(separator: "\n") {
        keys[try JSONParser.parse(Array(line.utf8))["idempotencyKey"]?.text ?? "", default: 0] += 1
      }
      return keys
    }

    @Test("the example requests come out as expected, applied in the inventory and by command")
    func examples() async throws {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for mode in ["inventory", "command"] {
          group.addTask {
            let site = try await Site(
              ["apply.mode": mode, "payments.timeout": "2s"], instances: [])
            let examples = Package.path + "/ops/demo/"
            try await site.run("inventory", "import", "--template", examples + "inventory.json")
            var witness = try await site.witness()
            let workers = [try site.worker("w1"), try site.worker("w2")]
            let sandbox = try site.start("sandbox")
            try await site.run("submit", "--file", examples + "requests.jsonl", "--wait")
            _ = try await witness.status(of: "payment-slow", "completed")
            await stop(workers[0], workers[1], sandbox)
          }
        }
        try await group.waitForAll()
      }
    }
  }
}
