import AMQP
import BrokerFixture
import Contracts
import Testing

@testable import resize_worker

extension EndToEnd {
  @Suite("What a worker answers")
  struct ConversationTests {
    @Test("a charge: quoted, paid, applied in the inventory, completed, each told once")
    func chargeInInventory() async throws {
      let site = try await Site()
      var witness = try await site.witness()
      let worker = try site.worker()
      try await site.send(.request("up", "ins-1"))
      let payment = try await witness.asked("payment", of: "up")
      #expect(payment.amount == "12.57")
      #expect(payment.data["idempotencyKey"]?.text == payment.data["paymentId"]?.text)
      try await site.send(.settlement(of: payment))
      _ = try await witness.status(of: "up", "completed")
      #expect(witness.statuses(of: "up") == ["awaitingPayment", "applying", "completed"])
      #expect(witness.seen.allSatisfy { $0.exchange != site.names.commands })
      try await #require(site.outboxIsEmpty())
      #expect(try site.count("SELECT sum(minor_units) FROM ledger") == 0)
      #expect(try site.count("SELECT max(minor_units) FROM ledger") == 1_257)
      #expect(try await site.run("inventory", "show", "ins-1").contains("plus"))
      await stop(worker)
    }

    @Test("a charge and a refund that the control plane applies by command")
    func byCommand() async throws {
      let site = try await Site(
        ["apply.mode": "command"],
        instances: [.prepaid("ins-1"), .prepaid("ins-2", spec: "plus"), .prepaid("ins-3")])
      var witness = try await site.witness()
      let worker = try site.worker()
      try await site.send(
        .request("up", "ins-1"), .request("down", "ins-2", spec: "basic"),
        .request("full", "ins-3"))
      for request in ["up", "full"] {
        try await site.send(.settlement(of: witness.asked("payment", of: request)))
      }
      for (request, outcome) in [("up", "applied"), ("down", "applied"), ("full", "failed")] {
        let command = try await witness.first("command of \(request)") {
          $0.type == "instance.apply.v1" && $0.requestId == request
        }
        #expect(command.exchange == site.names.commands)
        #expect(command.routingKey == "instance.apply")
        try await site.send(.applied(command, outcome))
      }
      let refund = try await witness.asked("refund", of: "down")
      #expect(refund.amount == "12.57")
      let compensation = try await witness.asked("refund", of: "full")
      #expect(compensation.data["reason"]?.text == "compensation")
      try await site.send(.settlement(of: refund), .settlement(of: compensation))
      _ = try await witness.status(of: "up", "completed")
      _ = try await witness.status(of: "down", "completed")
      _ = try await witness.status(of: "full", "failed")
      #expect(witness.statuses(of: "down") == ["applying", "awaitingRefund", "completed"])
      #expect(
        witness.statuses(of: "full") == ["awaitingPayment", "applying", "compensating", "failed"])
      #expect(try site.count("SELECT sum(minor_units) FROM ledger WHERE account LIKE 'rev%'") == 0)
      await stop(worker)
    }

    @Test("reply_to gets every status as well; traceparent and tracestate go through to all")
    func replyAndTrace() async throws {
      let site = try await Site()
      let reply = site.names.prefix + ".mine"
      try await site.client.declare(Topology(queues: [Topology.Queue(name: reply)]))
      var witness = try await site.witness()
      var mine = try await Witness(queue: reply, site.names, at: site.address)
      let worker = try site.worker()
      let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
      var request = Message.request("traced", "ins-1")
      request.properties.replyTo = reply
      request.properties.headers = ["traceparent": .string(trace), "tracestate": "vendor=1"]
      try await site.send(request)
      let payment = try await witness.asked("payment", of: "traced")
      try await site.send(.settlement(of: payment))
      _ = try await witness.status(of: "traced", "completed")
      _ = try await mine.status(of: "traced", "completed")
      #expect(mine.statuses(of: "traced") == witness.statuses(of: "traced"))
      #expect(mine.seen.allSatisfy { $0.exchange.isEmpty && $0.routingKey == reply })
      for message in witness.seen + mine.seen {
        #expect(message.header("traceparent") == trace, "\(message.type)")
        #expect(message.header("tracestate") == "vendor=1", "\(message.type)")
        #expect(message.properties.isPersistent && message.properties.appID == "worker-1")
        #expect(message.properties.contentType == "application/cloudevents+json")
        #expect(message.properties.messageID == message.json["id"]?.text)
      }
      await stop(worker)
    }

    @Test("a reply_to that nobody reads holds nothing up")
    func lostReply() async throws {
      let site = try await Site()
      var witness = try await site.witness()
      let worker = try site.worker()
      var request = Message.request("lost", "ins-1", more: #", "dryRun": true"#)
      request.properties.replyTo = "nowhere-at-all"
      try await site.send(request)
      _ = try await witness.status(of: "lost", "quoted")
      try await #require(site.outboxIsEmpty())
      await stop(worker)
    }

    @Test("a dry run is quoted and changes nothing; a postpaid change moves no money")
    func withoutMoney() async throws {
      let site = try await Site(instances: [.prepaid("ins-1"), .postpaid("hourly")])
      var witness = try await site.witness()
      let worker = try site.worker()
      try await site.send(
        .request("dry", "ins-1", more: #", "dryRun": true"#),
        .request("hours", "hourly", spec: "S5.LARGE8"))
      let quoted = try await witness.status(of: "dry", "quoted")
      #expect(quoted.data["quote"]?["amount"]?.text == "12.57")
      _ = try await witness.status(of: "hours", "completed")
      let rate = try await witness.first("the rate") { $0.type == "rate.changed.v1" }
      #expect(rate.exchange == site.names.metering)
      #expect(witness.seen.allSatisfy { $0.exchange != site.names.payments })
      #expect(try site.count("SELECT count(*) FROM ledger") == 0)
      #expect(try await site.run("inventory", "show", "ins-1").contains("basic"))
      await stop(worker)
    }

    @Test("a request repeated is answered again; with other content it is a mismatch")
    func repeated() async throws {
      let site = try await Site(instances: [.prepaid("ins-1"), .prepaid("ins-2")])
      var witness = try await site.witness()
      let worker = try site.worker()
      try await site.send(.request("twice", "ins-1"), .request("twice", "ins-1"))
      try await site.send(.request("twice", "ins-2"))
      let mismatch = try await witness.status(of: "twice", "rejected")
      #expect(mismatch.reason == "IdempotencyMismatch")
      #expect(mismatch.data["sequence"] == .number("0"))
      #expect(witness.statuses(of: "twice") == ["awaitingPayment", "rejected"])
      #expect(witness.seen.filter { $0.status == "awaitingPayment" }.count == 2)
      try await site.send(.settlement(of: witness.asked("payment", of: "twice")))
      _ = try await witness.status(of: "twice", "completed")
      #expect(witness.seen.filter { $0.exchange == site.names.payments }.count == 1)
      await stop(worker)
    }

    @Test("a second request for a live instance is rejected; cancel frees it and voids the payment")
    func canceled() async throws {
      let site = try await Site()
      var witness = try await site.witness()
      let worker = try site.worker()
      try await site.send(.request("first", "ins-1"), .request("second", "ins-1"))
      #expect(try await witness.status(of: "second", "rejected").reason == "OperationInProgress")
      try await site.send(.cancel("first"), .cancel("first"))
      let canceled = try await witness.status(of: "first", "canceled")
      #expect(canceled.reason == "CanceledByRequest")
      _ = try await witness.first("the void") { $0.type == "payment.voidRequested.v1" }
      try await site.send(.request("third", "ins-1"))
      _ = try await witness.asked("payment", of: "third")
      try await site.send(.cancel("nobody"))
      #expect(try await witness.status(of: "nobody", "rejected").reason == "UnknownRequest")
      #expect(witness.seen.filter { $0.type == "payment.voidRequested.v1" }.count == 1)
      await stop(worker)
    }
  }
}
