import AMQP
import BrokerFixture
import Testing

@Suite("Reading through a queue on a real broker", .timeLimit(.minutes(10)))
struct ReadingTests {
  private func reader(_ queue: String, _ broker: PrivateBroker) async throws -> QueueReader {
    try await QueueReader.open(queue, at: broker.address, settings: Given.settings("reader"))
  }

  @Test("What is acknowledged is gone, what is held is there again in order, one delivery older")
  func reading() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    let messages = Given.messages(7, to: queue, bytes: 300_000)
    _ = try await Given.published(messages, at: broker.address)
    let first = try await reader(queue, broker)
    var seen = try await first.take(3)
    seen += try await first.take(100)
    #expect(try await first.take(1).isEmpty)
    #expect(seen.map(\.body) == messages.map(\.written.body))
    #expect(seen.allSatisfy { !$0.isRedelivered && $0.deliveryCount == 0 })
    try await first.acknowledge([seen[1].deliveryTag, seen[4].deliveryTag])
    await first.close()
    let second = try await reader(queue, broker)
    let left = try await second.take(100)
    #expect(left.map(\.properties.messageID) == ["m1", "m3", "m4", "m6", "m7"])
    #expect(left.allSatisfy { $0.deliveryCount == 1 })
    await second.close()
  }

  @Test("When a reader is closed, all it acknowledged is gone and all it held is there again")
  func closing() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    for _ in 1...10 {
      _ = try await Given.published(
        Given.messages(300, to: queue, bytes: 10), at: broker.address)
      let first = try await reader(queue, broker)
      #expect(try await first.take(300).count == 300)
      await first.close()
      let second = try await reader(queue, broker)
      let held = try await second.take(300)
      #expect(held.count == 300)
      try await second.acknowledge(held.map(\.deliveryTag))
      await second.close()
      let third = try await reader(queue, broker)
      #expect(try await third.take(300).count == 0)
      await third.close()
    }
  }

  @Test("Large bodies end a portion, and none is left out")
  func portions() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    _ = try await Given.published(
      Given.messages(5, to: queue, bytes: 1_000), at: broker.address)
    let reader = try await reader(queue, broker)
    #expect(try await reader.take(100, byteCount: 1_500).count == 2)
    #expect(try await reader.take(100, byteCount: 1).count == 1)
    #expect(try await reader.take(100).count == 2)
    await reader.close()
  }

  @Test("A queue that is not there is named; after the end nothing can be asked")
  func failures() async throws {
    let broker = try await PrivateBroker.shared()
    do throws(AMQPError) {
      _ = try await QueueReader.open(
        "nowhere", at: broker.address, settings: Given.settings("reader"))
      Issue.record("it was opened")
    } catch {
      #expect(error.code == .notFound)
      #expect(error.message.contains("nowhere"))
    }
    let reader = try await reader(try await Given.queue(on: broker), broker)
    await reader.close()
    do throws(AMQPError) {
      _ = try await reader.take(1)
      Issue.record("it was read")
    } catch {
      #expect(error.code == .closed)
    }
  }
}
