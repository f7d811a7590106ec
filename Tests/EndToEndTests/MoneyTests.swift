import Contracts
import Testing

@testable import resize_worker

extension EndToEnd {
  @Suite("Money that is late, refused, silent or wrong")
  struct MoneyTests {
    private static let quick = [
      "payments.backoff.base": "20ms", "payments.backoff.ceiling": "40ms",
      "refunds.backoff.base": "20ms", "refunds.backoff.ceiling": "40ms",
    ]

    @Test("a payment that succeeds after the cancellation is refunded, once")
    func lateSettlement() async throws {
      let site = try await Site()
      var witness = try await site.witness()
      let worker = try site.worker()
      try await site.send(.request("late", "ins-1"))
      let payment = try await witness.asked("payment", of: "late")
      try await site.send(.cancel("late"))
      _ = try await witness.status(of: "late", "canceled")
      let late = Message.settlement(of: payment)
      try await site.send(late, late, .settlement(of: payment))
      let refund = try await witness.asked("refund", of: "late")
      #expect(refund.amount == payment.amount)
      #expect(refund.data["reason"]?.text == "latePayment")
      try await site.send(.settlement(of: refund), .settlement(of: refund))
      try await witness.until("the end of the attention") { seen in
        let last = seen.last { $0.type == "resize.status.v1" }
        return seen.contains { $0.attention == "LatePayment" } && last?.attention.isEmpty == true
          && last?.status == "canceled"
      }
      try await #require(site.outboxIsEmpty())
      #expect(witness.seen.filter { $0.type == "refund.requested.v1" }.count == 1)
      #expect(try site.count("SELECT count(*) FROM ledger") == 4)
      #expect(
        try site.count("SELECT sum(minor_units) FROM ledger WHERE account LIKE 'cash:%'") == 0)
      await stop(worker)
    }

    @Test("a refund that fails is asked for again under the same key until it succeeds")
    func refundRetried() async throws {
      let site = try await Site(Self.quick, instances: [.prepaid("ins-1", spec: "plus")])
      var witness = try await site.witness()
      let worker = try site.worker()
      try await site.send(.request("down", "ins-1", spec: "basic"))
      let first = try await witness.asked("refund", of: "down")
      try await site.send(.settlement(of: first, "failed"))
      let second = try await witness.asked("refund", of: "down", attempt: 2)
      try await site.send(.settlement(of: second, "declined"))
      let third = try await witness.asked("refund", of: "down", attempt: 3)
      try await site.send(.settlement(of: third))
      let end = try await witness.status(of: "down", "completed")
      #expect(end.attention.isEmpty)
      #expect(witness.seen.contains { $0.attention == "RefundDeclined" })
      let keys = Set([first, second, third].map { $0.data["idempotencyKey"]?.text })
      #expect(keys.count == 1)
      #expect(try site.count("SELECT count(*) FROM ledger") == 2)
      await stop(worker)
    }

    @Test("a payment service that is silent is asked again under the same key, then voided")
    func silent() async throws {
      let site = try await Site(
        Self.quick.merging(["payments.attempts": "3", "payments.timeout": "300ms"]) { $1 })
      var witness = try await site.witness()
      let worker = try site.worker()
      try await site.send(.request("silent", "ins-1"))
      let first = try await witness.asked("payment", of: "silent")
      let third = try await witness.asked("payment", of: "silent", attempt: 3)
      #expect(first.data["idempotencyKey"] == third.data["idempotencyKey"])
      #expect(first.properties.messageID != third.properties.messageID)
      let failed = try await witness.status(of: "silent", "failed")
      #expect(failed.reason == "PaymentAttemptsExhausted")
      _ = try await witness.first("the void") { $0.type == "payment.voidRequested.v1" }
      try await site.send(.settlement(of: first))
      try await site.send(.settlement(of: witness.asked("refund", of: "silent")))
      try await #require(eventually { try site.count("SELECT count(*) FROM ledger") == 4 })
      await stop(worker)
    }

    @Test("declined is final; another amount than asked is no payment, and people are told")
    func declinedAndMismatch() async throws {
      let site = try await Site(instances: [.prepaid("ins-1"), .prepaid("ins-2")])
      var witness = try await site.witness()
      let worker = try site.worker()
      try await site.send(.request("no", "ins-1"), .request("less", "ins-2"))
      try await site.send(.settlement(of: witness.asked("payment", of: "no"), "declined"))
      #expect(try await witness.status(of: "no", "failed").reason == "PaymentDeclined")
      let payment = try await witness.asked("payment", of: "less")
      try await site.send(.settlement(of: payment, amount: "12.56"))
      _ = try await witness.first("the attention") { $0.attention == "SettlementMismatch" }
      #expect(try site.count("SELECT count(*) FROM ledger") == 0)
      try await site.send(.settlement(of: payment))
      _ = try await witness.status(of: "less", "completed")
      await stop(worker)
    }
  }
}
