import AMQP
import BrokerFixture
import Contracts
import Resizing
import Storage
import Synchronization
import Testing
import Worker

@testable import resize_worker

extension EndToEnd {
  @Suite("Replaying dead letters, step by step")
  struct DeadLetterRunTests {
    /// Time that passes only while somebody waits.
    private final class Clock: WorkerClock {
      private let time = Mutex(Moment(millisecondsSinceEpoch: 1_795_262_400_000))

      func now() -> Moment { time.withLock { $0 } }
      func sleep(milliseconds: Int64) async throws {
        time.withLock { $0 = $0.adding(milliseconds: milliseconds) }
      }
    }

    /// A site with dead letters that no worker has put there.
    private func site(_ count: Int) async throws -> (Site, Settings) {
      let site = try await Site(instances: [])
      let letters = (1...count).map { number in
        let letter = DeadLetter(
          body: Array(#"{"number": \#(number)}"#.utf8), messageId: "m-\(number)",
          reason: Reason(.malformedRequest, "no event"), sourceQueue: site.names.requests,
          deadAt: .now, replyTo: "answers", publisher: "alice")
        let event = OutgoingEventEncoder().encode(letter)
        var properties = MessageProperties(contentType: event.contentType, messageID: event.id)
        for header in event.headers { properties.headers[header.name] = .string(header.value) }
        properties.headers["x-death"] = .array([.table(["reason": "rejected"])])
        var message = Message("", to: \.deadLetters)
        message.properties = properties
        message.body = event.body
        return message
      }
      try await site.send(letters)
      return (site, try Settings(environment: site.environment))
    }

    private func run(
      _ decision: DeadLetterRun<Clock>.Decision, _ settings: Settings, _ store: any Store,
      _ clock: Clock = Clock(), rate: Int? = nil
    ) async throws -> DeadLetterReport {
      var reading = DeadLetterReading(settings)
      let letters = try await reading.letters { _ in true }
      var run = DeadLetterRun(
        decision, on: letters, settings, store: store, clock: clock, by: "alice", rate: rate)
      return try await run.run()
    }

    private func contents(_ queue: String, _ site: Site) async throws -> [Delivery] {
      let reader = try await QueueReader.open(
        queue, at: site.address, settings: ConnectionSettings(name: "test"))
      let deliveries = try await reader.take(1_000)
      await reader.close()
      return deliveries
    }

    @Test("a message goes back as it came, without what was noted of its death")
    func message() async throws {
      let (site, settings) = try await site(1)
      let store = InMemoryStore()
      let report = try await run(.replay(vouching: false), settings, store)
      #expect(report.done.map(\.id) == ["m-1"] && report.refused.isEmpty && report.gone == 0)
      let back = try #require(try await contents(site.names.requests, site).first)
      #expect(back.body == Array(#"{"number": 1}"#.utf8))
      #expect(back.properties.messageID == "m-1" && back.properties.replyTo == "answers")
      #expect(back.properties.userID == nil && back.properties.contentType == nil)
      let headers = back.properties.headers.fields.map(\.name)
      #expect(headers.filter { $0 != "x-delivery-count" } == ["x-dead-history"])
      #expect(back.deliveryCount == 0)
      let actions = try await store.actions(limit: 10)
      #expect(actions.map(\.messageId) == ["m-1"] && actions.map(\.by) == ["alice"])
    }

    @Test("so many a second are sent and no more, whatever the portions")
    func rate() async throws {
      let (site, settings) = try await site(25)
      let clock = Clock()
      let start = clock.now()
      let report = try await run(
        .replay(vouching: true), settings, InMemoryStore(), clock, rate: 4)
      #expect(report.done.count == 25)
      let elapsed = clock.now().millisecondsSinceEpoch - start.millisecondsSinceEpoch
      #expect(elapsed == 24 * 250)
      let back = try await contents(site.names.requests, site)
      #expect(back.map(\.properties.messageID) == (1...25).map { "m-\($0)" })
      #expect(back.allSatisfy { $0.properties.userID == "guest" })
    }

    @Test("a letter that a replay only passes by is not worn out by it, whatever else has looked")
    func passedBy() async throws {
      let (site, settings) = try await site(3)
      let queue = site.names.deadLetters
      let broker = try await PrivateBroker.shared()
      try await broker.control(
        "set_policy", "--apply-to", "queues", queue, "^\(queue)$", #"{"delivery-limit": 20}"#)
      var reading = DeadLetterReading(settings)
      let meant = try await reading.letters { $0.id == "m-3" }
      for _ in 1...18 { #expect(try await contents(queue, site).count == 3) }
      var run = DeadLetterRun(
        .replay(vouching: false), on: meant, settings, store: InMemoryStore(), clock: Clock(),
        by: "alice")
      let report = try await run.run()
      #expect(report.done.map(\.id) == ["m-3"] && report.gone == 0)
      for _ in 1...5 {
        let left = try await contents(queue, site)
        #expect(Set(left.map(\.properties.messageID)) == ["m-1", "m-2"])
        #expect(
          Set(left.map(\.body)) == [Array(#"{"number": 1}"#.utf8), Array(#"{"number": 2}"#.utf8)])
      }
      try await broker.control("clear_policy", queue)
    }

    @Test("what cannot be recorded stays among the dead letters, whatever was sent of it")
    func unrecorded() async throws {
      let (site, settings) = try await site(3)
      let closed = InMemoryStore()
      await closed.close()
      for decision in [.discard, .replay(vouching: false)] as [DeadLetterRun<Clock>.Decision] {
        await #expect(throws: StoreError.self) { _ = try await run(decision, settings, closed) }
        #expect(try await contents(site.names.deadLetters, site).count == 3)
      }
      // Sent a second time it is the same messages once more.
      _ = try await run(.replay(vouching: false), settings, InMemoryStore())
      #expect(try await contents(site.names.deadLetters, site).isEmpty)
      let sent = try await contents(site.names.requests, site).map(\.properties.messageID)
      #expect(Set(sent) == ["m-1", "m-2", "m-3"] && sent.count == 6)
    }

    @Test("a letter of no queue of ours, or of one that is gone, stays with the reason told")
    func nowhere() async throws {
      let (site, settings) = try await site(2)
      var stray = Message("stray", to: \.deadLetters)
      stray.properties.messageID = "stray"
      stray.properties.headers = ["x-source-queue": "somebody.elses"]
      try await site.send(stray)
      _ = try await site.client.delete(queue: site.names.requests)
      let report = try await run(.replay(vouching: false), settings, InMemoryStore())
      #expect(report.done.isEmpty && report.refused.count == 3)
      let obstacles = report.refused.map(\.1)
      #expect(obstacles.count { $0.contains("NO_ROUTE") } == 2, "\(obstacles)")
      #expect(obstacles.count { $0.contains("somebody.elses") } == 1)
      #expect(try await contents(site.names.deadLetters, site).count == 3)
    }

    @Test("what came after the decision is not touched, though it is just like the rest")
    func later() async throws {
      let (site, settings) = try await site(2)
      var reading = DeadLetterReading(settings)
      let letters = try await reading.letters { _ in true }
      var late = Message("late", to: \.deadLetters)
      late.properties.messageID = "m-1"
      late.properties.headers = ["x-source-queue": .string(site.names.requests)]
      try await site.send(late)
      var run = DeadLetterRun(
        .discard, on: letters + letters.prefix(1), settings, store: InMemoryStore(),
        clock: Clock(), by: "alice")
      let report = try await run.run()
      #expect(report.done.count == 2 && report.gone == 1)
      #expect(try await contents(site.names.deadLetters, site).map(\.body) == [late.body])
    }
  }
}
