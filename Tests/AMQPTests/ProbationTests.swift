import AMQP
import BrokerFixture
import Testing

@Suite("Messages that came back, on a real broker", .timeLimit(.minutes(10)))
struct ProbationTests {
  /// Queues with messages, the first `count` of each of which were delivered before and not settled.
  private func queues(_ counts: [Int], _ broker: PrivateBroker) async throws -> [String] {
    var queues: [String] = []
    for count in counts {
      let queue = try await Given.queue(on: broker, deliveryLimit: 20)
      _ = try await Given.published(Given.messages(6, to: queue), at: broker.address)
      let reader = try await QueueReader.open(
        queue, at: broker.address, settings: Given.settings("crashes"))
      #expect(try await reader.take(count).count == count)
      await reader.close()
      queues.append(queue)
    }
    return queues
  }

  @Test("Suspects come one by one, queue after queue; then everything comes with its prefetch")
  func oneByOne() async throws {
    let broker = try await PrivateBroker.shared()
    let queues = try await queues([2, 0, 3], broker)
    var (consumer, events) = try await Given.consumer(
      queues, broker.address, suspectCount: 1)
    var seen: [Delivery] = []
    for _ in 1...2 { seen += try await alone(&events, consumer) }
    // The head of the queue that is fresh does not wait, and is the only one beside a suspect.
    let next = await events.deliveries(3)
    #expect(next.map(\.isRedelivered) == [false, false, true])
    #expect(next.map(\.queue) == queues)
    consumer.acknowledge(upTo: next[2].deliveryTag, epoch: next[2].epoch)
    for _ in 1...2 { seen += try await alone(&events, consumer) }
    #expect(seen.allSatisfy { $0.isRedelivered && $0.deliveryCount == 1 })
    let rest = await events.deliveries(11)
    #expect(rest.count == 11 && rest.allSatisfy { !$0.isRedelivered })
    #expect(consumer.actualConsumers == 3)
    let all = (seen + next + rest).map { "\($0.queue) \($0.properties.messageID ?? "")" }
    #expect(Set(all).count == 18)
    consumer.close()
    await consumer.closed()
    #expect(consumer.actualConsumers == 0)
  }

  @Test("A queue that is taken up again is looked into like one consumed for the first time")
  func takenUp() async throws {
    let broker = try await PrivateBroker.shared()
    let queues = try await queues([3, 0], broker)
    let consumer = try BrokerConsumer(
      queues.map { .init(queue: $0) }, at: broker.address, settings: Given.settings("held"),
      suspectCount: 1)
    consumer.suspend(queue: queues[0])
    try consumer.start()
    try await consumer.firstAttempt()
    var events = EventReader(consumer.events)
    let others = await events.deliveries(6)
    #expect(others.allSatisfy { $0.queue == queues[1] })
    consumer.takeUp(queue: queues[0])
    for _ in 1...3 {
      let suspect = try await events.moreDeliveries()
      #expect(suspect.count == 1 && suspect[0].queue == queues[0] && suspect[0].isRedelivered)
      consumer.acknowledge(upTo: suspect[0].deliveryTag, epoch: suspect[0].epoch)
    }
    #expect(await events.deliveries(3).allSatisfy { !$0.isRedelivered })
    consumer.close()
    await consumer.closed()
  }

  /// The one delivery that comes; it is settled only after that.
  private func alone(
    _ events: inout EventReader<ConsumerEvent>, _ consumer: BrokerConsumer
  ) async throws -> [Delivery] {
    let deliveries = await events.deliveries(1)
    #expect(deliveries.count == 1)
    #expect(consumer.actualConsumers == consumer.expectedConsumers)
    let last = try #require(deliveries.last)
    consumer.acknowledge(upTo: last.deliveryTag, epoch: last.epoch)
    return deliveries
  }

  @Test("Pausing hands a suspect back, and resuming takes it alone again")
  func paused() async throws {
    let broker = try await PrivateBroker.shared()
    let queues = try await queues([6], broker)
    var (consumer, events) = try await Given.consumer(
      queues, broker.address, suspectCount: 1)
    #expect(await events.deliveries(1).map(\.deliveryCount) == [1])
    consumer.pause()
    #expect(await events.quiesced() == true)
    try await Given.depth(of: queues[0], on: broker, becomes: 6)
    consumer.resume()
    #expect(await events.deliveries(1).count == 1)
    try await Given.depth(of: queues[0], on: broker, becomes: 5)
    consumer.close()
    await consumer.closed()
  }

  @Test("Resuming in the middle of draining waits for the last delivery before it takes suspects")
  func drainedInMidStream() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    _ = try await Given.published(Given.messages(6_000, to: queue), at: broker.address)
    var (consumer, events) = try await Given.consumer(
      [queue], broker.address, prefetch: 2_000, suspectCount: 5)
    var seen = await events.deliveries(1)
    consumer.drain()
    // What is dropped is counted at the end of the turn that begins to drain.
    consumer.acknowledge(1, epoch: 0)
    while consumer.droppedAcknowledgements == 0 { await Task.yield() }
    consumer.resume()
    while seen.count < 6_000 {
      let event = try #require(await events.first { $0 })
      switch event {
      case .deliveries(let more): seen += more
      case .disconnected(let reason):
        Issue.record("\(reason)")
        return consumer.close()
      case .quiesced, .connected, .canceled: continue
      }
      if let last = seen.last {
        consumer.acknowledge(upTo: last.deliveryTag, epoch: last.epoch)
      }
    }
    #expect(Set(seen.map(\.properties.messageID)).count == 6_000)
    #expect(consumer.actualConsumers == 1)
    consumer.close()
  }

  @Test("However often a consumer crashes over one of them, only that one's deliveries are counted")
  func neighbours() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker, deliveryLimit: 3)
    _ = try await Given.published(Given.messages(6, to: queue), at: broker.address)
    var counts: [String: [Int]] = [:]
    for crash in 0...4 {
      var (consumer, events) = try await Given.consumer(
        [queue], broker.address, suspectCount: 1)
      var isPoisoned = false
      while !isPoisoned, crash < 4 || counts.count < 6 {
        // All six are handed out to the first consumer; what came back comes one by one.
        for delivery in await events.deliveries(crash == 0 ? 6 : 1) {
          let id = delivery.properties.messageID ?? ""
          counts[id, default: []].append(delivery.deliveryCount)
          isPoisoned = isPoisoned || id == "m3"
          if crash > 0, id != "m3" {
            consumer.acknowledge(delivery.deliveryTag, epoch: delivery.epoch)
          }
        }
      }
      consumer.close()
      await consumer.closed()
    }
    #expect(counts["m3"] == [0, 1, 2, 3])
    for id in ["m1", "m2", "m4", "m5", "m6"] { #expect(counts[id] == [0, 1], "\(id)") }
    try await Given.depth(of: queue, on: broker, becomes: 0)
  }
}
