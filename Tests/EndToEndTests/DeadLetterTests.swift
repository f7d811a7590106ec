import AMQP
import BrokerFixture
import Contracts
import Foundation
import Testing

@testable import resize_worker

extension EndToEnd {
  @Suite("Dead letters")
  struct DeadLetterTests {
    private func lines(_ text: String) throws -> [JSONValue] {
      try text.split(separator: "\n").map { try JSONParser.parse(Array($0.utf8)) }
    }

    private func list(_ site: Site) async throws -> [JSONValue] {
      try lines(try await site.run("dead-letters", "list", "--json"))
    }

    private func broken(_ id: String) -> Message {
      var message = Message(#"{"id": oops"#)
      message.properties.messageID = id
      message.properties.headers = ["CC": .array([.string("nowhere")]), "x-own": "kept"]
      return message
    }

    @Test("a message replayed after its cause is mended is carried out, and its timeline tells who")
    func mended() async throws {
      let site = try await Site(["trust.settlements": "bank"])
      var witness = try await site.witness()
      let strict = try site.worker()
      try await site.send(.request("up", "ins-1"))
      var settlement = Message.settlement(of: try await witness.asked("payment", of: "up"))
      settlement.properties.messageID = "s-1"
      settlement.properties.userID = "guest"
      try await site.send(settlement)
      try await site.hasDeadLetters(1)
      await stop(strict)
      let letter = try #require(try await list(site).first)
      #expect(letter["code"]?.text == "UntrustedPublisher")
      #expect(letter["type"]?.text == "payment.settled.v1")

      let fair = try site.worker(settings: ["trust.settlements": "guest"])
      // Nobody vouches for it: it comes back, once, with both reasons.
      try await site.run("dead-letters", "replay", "s-1")
      try await site.hasDeadLetters(1)
      let again = try await list(site)
      #expect(again.count == 1)
      #expect(again[0]["attempt"] == .number("2"))
      #expect(again[0]["reasons"]?.elements?.count == 2)

      try await site.run("dead-letters", "replay", "up", "--vouch", "--by", "alice")
      _ = try await witness.status(of: "up", "completed")
      #expect(try await list(site).isEmpty)
      let timeline = try await site.run("status", "up")
      #expect(timeline.contains("replayed") && timeline.contains("alice"))
      let log = try lines(try await site.run("dead-letters", "log", "--json"))
      #expect(log.map { $0["by"]?.text?.hasPrefix("alice") } == [true, false])
      #expect(log.map { $0["requestId"]?.text } == ["up", "up"])
      await stop(fair)
    }

    @Test("one that fails again comes back once, with the reasons and times of both")
    func failsAgain() async throws {
      let site = try await Site()
      var witness = try await site.witness()
      let worker = try site.worker()
      let reply = site.names.prefix + ".mine"
      try await site.client.declare(Topology(queues: [Topology.Queue(name: reply)]))
      var message = broken("b-1")
      message.properties.replyTo = reply
      message.properties.correlationID = "asked"
      try await site.send(message)
      try await site.hasDeadLetters(1)
      for _ in 2...3 {
        let told = try await site.run("dead-letters", "replay", "--reason", "MalformedRequest")
        #expect(told.contains("1 dead letter replayed"))
        try await site.hasDeadLetters(1)
      }
      try await witness.until("three letters") { seen in
        Set(seen.lazy.filter { $0.exchange == site.names.deadLetters }.map(\.deathAttempt)).count
          == 3
      }
      let letters = try await list(site)
      #expect(letters.count == 1)
      let times = letters[0]["reasons"]?.elements?.compactMap { $0["at"]?.text } ?? []
      #expect(times.count == 3 && times == times.sorted() && Set(times).count == 3)
      let last = try #require(witness.deadLetters.last)
      #expect(last.properties.messageID == "b-1" && last.body == message.body)
      #expect(last.header("x-first-dead-at") == times[0])
      #expect(last.header("x-dead-attempt") == "3")
      #expect(last.header("x-reply-to") == reply)
      let shown = try await site.run("dead-letters", "show", "b-1")
      #expect(shown.contains("reason 1") && shown.contains("reason 3"))
      // Each answer reached who asked, by the property that went with it all the way.
      var mine = try await Witness(queue: reply, site.names, at: site.address)
      try await mine.until("three answers") { $0.count { $0.status == "rejected" } >= 3 }
      #expect(mine.seen.count { $0.status == "rejected" } == 3)
      await stop(worker)
    }

    @Test("a group, an age, a type or a source is chosen; the rest stays, in order")
    func selected() async throws {
      let site = try await Site()
      let worker = try site.worker()
      var stray = Message.request("stray", "ins-1")
      stray.queue = \.settlements
      stray.properties.messageID = "stray"
      let broken = (1...5).map { self.broken("b-\($0)") }
      try await site.send(Array(broken[..<3]) + [stray] + Array(broken[3...]))
      try await site.hasDeadLetters(6)
      await stop(worker)
      func ids() async throws -> [String] {
        try await list(site).compactMap { $0["messageId"]?.text }
      }
      #expect(Set(try await ids()) == ["b-1", "b-2", "b-3", "b-4", "b-5", "stray"])
      let dry = try await site.run("dead-letters", "replay", "--all", "--dry-run")
      #expect(dry.contains("6 dead letters would be replayed"))
      #expect(dry.contains("UnexpectedType") && dry.contains("MalformedRequest"))
      try await site.run("dead-letters", "replay", "--older-than", "1h", "--dry-run")
        .expectingNothing()
      #expect(try await ids().count == 6)
      try await site.run("dead-letters", "discard", "b-2", "b-4", "--yes", "--by", "bob")
      try await site.run("dead-letters", "replay", "--source", site.names.settlements)
      #expect(Set(try await ids()) == ["b-1", "b-3", "b-5"])
      try await site.run("dead-letters", "discard", "--type", "nothing.like.it", "--yes")
      let log = try lines(try await site.run("dead-letters", "log", "--json"))
      #expect(log.map { $0["action"]?.text } == ["replayed", "discarded", "discarded"])
      let depths = try await site.client.depths(of: [site.names.settlements])
      #expect(depths.map(\.messageCount) == [1])
    }

    @Test("an export holds properties, headers and the body, text or not, and changes nothing")
    func exported() async throws {
      let site = try await Site()
      let worker = try site.worker()
      var binary = Message("")
      binary.body = [0xFF, 0x00, 0x7B]
      binary.properties.messageID = "binary"
      try await site.send(broken("b-1"), binary)
      try await site.hasDeadLetters(2)
      await stop(worker)
      let path = site.folder.path + "/letters.jsonl"
      try await site.run("dead-letters", "export", "--all", "--output", path)
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let letters = try lines(text)
      #expect(letters.map { $0["messageId"]?.text } == ["b-1", "binary"])
      #expect(letters[0]["body"]?.text == #"{"id": oops"#)
      #expect(letters[0]["headers"]?["x-source-queue"]?.text == site.names.requests)
      #expect(letters[0]["properties"]?["messageId"]?.text == "b-1")
      #expect(letters[1]["bodyBase64"]?.text == "/wB7" && letters[1]["body"] == nil)
      let piped = try await site.run("dead-letters", "export", "--all")
      #expect(try lines(piped).map { $0["messageId"] } == letters.map { $0["messageId"] })
      #expect(try await list(site).count == 2)
    }

    @Test("a body of any length is counted and exported, and is too long to be read again")
    func long() async throws {
      let site = try await Site()
      let worker = try site.worker()
      var long = Message(String(repeating: "x", count: 34_000_000))
      long.properties.correlationID = "long"
      try await site.send(long)
      try await site.hasDeadLetters(1)
      let letter = try #require(try await list(site).first)
      #expect(letter["bytes"] == .number("34000000"))
      #expect(letter["code"]?.text == "rejected")
      #expect(letter["requestId"]?.text == "long")
      try await site.run("dead-letters", "replay", "--all")
      try await site.hasDeadLetters(1)
      let again = try await list(site)
      #expect(again.count == 1 && again[0]["reasons"]?.elements?.count == 2)
      await stop(worker)
    }

    @Test("however often they are looked at, no delivery limit drops one: as on RabbitMQ 4.x")
    func limited() async throws {
      let broker = try await PrivateBroker.shared()
      let site = try await Site()
      let worker = try site.worker()
      try await site.send(broken("b-1"), broken("b-2"))
      try await site.hasDeadLetters(2)
      await stop(worker)
      // What 4.x does to a queue that was declared without a limit.
      let queue = site.names.deadLetters
      try await broker.control(
        "set_policy", "--apply-to", "queues", queue, "^\(queue)$", #"{"delivery-limit": 20}"#)
      for _ in 1...50 { try #require(await list(site).count == 2) }
      let seen = try await list(site)
      #expect(Set(seen.compactMap { $0["messageId"]?.text }) == ["b-1", "b-2"])
      #expect(seen.allSatisfy { $0["code"]?.text == "MalformedRequest" })
      #expect(seen.allSatisfy { $0["source"]?.text == site.names.requests })
      #expect(seen.allSatisfy { $0["attempt"] == .number("1") })
      try await broker.control("clear_policy", queue)
    }
  }
}

extension String {
  fileprivate func expectingNothing() {
    #expect(contains("0 dead letters"), "\(self)")
  }
}

extension Seen {
  fileprivate var deathAttempt: String? { header("x-dead-attempt") }
}
