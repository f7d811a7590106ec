import Contracts
import Foundation
import Testing

@testable import resize_worker

extension EndToEnd {
  @Suite("Payments under stress")
  struct PaymentStressTests {
    @Test(
      "a failing payment service opens the breaker for all workers; nothing is asked for until it is back, then all is charged, once"
    )
    func breaker() async throws {
      let count = 60
      let site = try await Site(
        [
          "payments.breaker.minimum": "5", "payments.breaker.openTime": "30s",
          "payments.backoff.base": "1s", "payments.backoff.ceiling": "2s",
          "payments.timeout": "2m", "payments.attempts": "100",
        ], instances: (0..<count).map { .prepaid("ins-\($0)") })
      var witness = try await site.witness()
      let workers = [try site.worker("w1"), try site.worker("w2")]
      let failing = try site.start("sandbox", "--failed", "100")
      try await site.send((0..<30).map { .request("r-\($0)", "ins-\($0)") })
      for worker in workers {
        try await #require(eventually { worker.log().contains("the payments' breaker is open") })
      }
      // Every attempt that was sent has its answer: none is out that could time out.
      try await #require(
        eventually {
          try site.count("SELECT count(*) FROM payments WHERE state = 'requested'") == 0
        })
      await stop(failing)
      let open = try JSONParser.parse(
        Array(try await site.run("payments", "status", "--json").utf8))
      #expect(open["breaker"]?["state"]?.text == "open", "\(open)")
      #expect(open["paused"] == .bool(false))

      try await site.send((30..<count).map { .request("r-\($0)", "ins-\($0)") })
      try await #require(eventually { try site.count(Self.awaiting) == count })
      let journal = site.folder.path + "/movements.jsonl"
      let sandbox = try site.start("sandbox", "--journal", journal)
      for index in 0..<count { _ = try await witness.status(of: "r-\(index)", "completed") }

      // Each was asked for once more than it failed: no attempt was burnt while the breaker was open.
      let unanswered = "SELECT count(*) FROM timeline WHERE event = 'paymentUnanswered'"
      #expect(try site.count(unanswered) == 0)
      let asked = try site.count("SELECT sum(attempt) FROM payments")
      #expect(
        try asked
          == count + site.count("SELECT count(*) FROM timeline WHERE event = 'paymentFailed'"))
      let movements = try String(contentsOfFile: journal, encoding: .utf8).split(separator: "\n")
      #expect(movements.count == count && Set(movements.map { key(of: $0) }).count == count)
      #expect(workers.contains { $0.log().contains("breaker is half-open") })
      let closed = try await site.run("payments", "status")
      #expect(closed.contains("breaker  closed since"), "\(closed)")
      await stop(workers[0], workers[1], sandbox)
    }

    @Test(
      "a retry asks again at once under the same key, also with no worker up; it says who it was")
    func retry() async throws {
      let site = try await Site(["payments.backoff.base": "1h", "payments.backoff.ceiling": "1h"])
      var witness = try await site.witness()
      let worker = try site.worker("w1")
      try await site.send(.request("up", "ins-1"))
      let first = try await witness.asked("payment", of: "up")
      #expect(try await refusal(site, "up").contains("AnswerAwaited"))
      try await site.send(.settlement(of: first, "failed"))
      try await #require(
        eventually {
          try site.count("SELECT count(*) FROM payments WHERE state = 'backingOff'") == 1
        })
      await stop(worker)
      let told = try await site.run("payments", "retry", "pay_up", "--by", "ann@desk")
      #expect(told == "pay_up (12.57 USD) is asked for again, attempt 2\n")
      #expect(try await refusal(site, "up").contains("AlreadyRetrying"))
      let next = try site.worker("w2")
      let second = try await witness.asked("payment", of: "up", attempt: 2)
      #expect(first.data["idempotencyKey"] == second.data["idempotencyKey"])
      try await site.send(.settlement(of: second))
      _ = try await witness.status(of: "up", "completed")
      #expect(try await refusal(site, "up").contains("Ended"))
      #expect(try await refusal(site, "nobody").contains("no resize nobody"))
      let who = try site.query("SELECT worker, detail FROM timeline WHERE event = 'retryRequested'")
      #expect(who == [["ann@desk", "pay_up"]])
      #expect(try site.count("SELECT count(*) FROM ledger") == 2)
      await stop(next)
    }

    @Test(
      "a pause longer than all attempts and their time-outs counts none: after it each is charged, once"
    )
    func longPause() async throws {
      let count = 40
      let site = try await Site(
        [
          "payments.attempts": "2", "payments.timeout": "8s", "payments.backoff.base": "10ms",
          "payments.backoff.ceiling": "100ms",
        ], instances: (0..<count).map { .prepaid("ins-\($0)") })
      var witness = try await site.witness()
      let workers = [try site.worker("w1"), try site.worker("w2")]
      try await site.run("payments", "pause", "--by", "ann")
      for worker in workers {
        try await #require(eventually { worker.log().contains("payments and refunds are paused") })
      }
      try await passes(.seconds(2))
      try await site.send((0..<count).map { .request("r-\($0)", "ins-\($0)") })
      try await #require(eventually { try site.count(Self.awaiting) == count })
      let told = try await refusal(site, "r-1")
      #expect(told.contains("Held: pay_r-1 (12.57 USD), attempt 1, has not left yet"), "\(told)")
      #expect(told.contains("payments are paused by ann since"), "\(told)")

      // More than two attempts and their time-outs.
      try await passes(.seconds(17))
      #expect(try await refusal(site, "pay_r-1").contains("Held"))
      #expect(try site.count("SELECT sum(attempt) FROM payments") == count)
      #expect(!witness.seen.contains { $0.type == "payment.requested.v1" })

      let journal = site.folder.path + "/movements.jsonl"
      let sandbox = try site.start("sandbox", "--journal", journal)
      try await #require(eventually { sandbox.log().contains("answering") })
      try await site.run("payments", "resume")
      for index in 0..<count { _ = try await witness.status(of: "r-\(index)", "completed") }
      let movements = try String(contentsOfFile: journal, encoding: .utf8).split(separator: "\n")
      #expect(movements.count == count && Set(movements.map { key(of: $0) }).count == count)
      #expect(try site.count("SELECT count(*) FROM ledger") == 2 * count)
      await stop(workers[0], workers[1], sandbox)
    }

    /// Lets time pass that is part of what is tested; more of it changes nothing.
    private func passes(_ time: Duration) async throws {
      let end = ContinuousClock.now + time
      try await #require(eventually { ContinuousClock.now >= end })
    }

    /// What a retry that must not be done says.
    private func refusal(_ site: Site, _ id: String) async throws -> String {
      let retry = try site.start("payments", "retry", id)
      #expect(await retry.ending() == .exit(1))
      return retry.log()
    }

    private func key(of line: some StringProtocol) -> String {
      let movement = try? JSONParser.parse(Array(line.utf8))
      return movement?["idempotencyKey"]?.text ?? ""
    }

    private static let awaiting =
      "SELECT count(*) FROM resizes WHERE state = 'awaitingPayment'"
  }
}
