import BrokerFixture
import Dispatch
import Synchronization
import Testing

@testable import AMQP

@Suite("Consuming from a real broker", .timeLimit(.minutes(10)))
struct ConsumingTests {
  @Test("Several queues come on one connection, and one acknowledgement settles a batch")
  func batches() async throws {
    let broker = try await PrivateBroker.shared()
    let queues = [try await Given.queue(on: broker), try await Given.queue(on: broker)]
    for queue in queues {
      _ = try await Given.published(Given.messages(300, to: queue), at: broker.address)
    }
    var (consumer, events) = try await Given.consumer(queues, broker.address, prefetch: 100)
    #expect(consumer.expectedConsumers == 2)
    #expect(consumer.actualConsumers == 2)
    var seen: [String: [String]] = [:]
    while seen.values.map(\.count).reduce(0, +) < 600 {
      let batch = await events.deliveries(1)
      for delivery in batch {
        seen[delivery.queue, default: []].append(delivery.properties.messageID ?? "")
      }
      let last = try #require(batch.last)
      consumer.acknowledge(upTo: last.deliveryTag, epoch: last.epoch)
    }
    let expected = (1...300).map { "m\($0)" }
    #expect(seen == [queues[0]: expected, queues[1]: expected])
    consumer.close()
    await consumer.closed()
    for queue in queues { try await Given.depth(of: queue, on: broker, becomes: 0) }
    #expect(consumer.actualConsumers == 0)
  }

  @Test("A rejected message comes back with its delivery count, and the limit drops it")
  func deliveryCount() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker, deliveryLimit: 2)
    _ = try await Given.published(Given.messages(1, to: queue), at: broker.address)
    var (consumer, events) = try await Given.consumer([queue], broker.address)
    var counts: [Int] = []
    for _ in 0...2 {
      let delivery = try #require(await events.deliveries(1).first)
      #expect(delivery.isRedelivered == (delivery.deliveryCount > 0))
      counts.append(delivery.deliveryCount)
      consumer.reject(delivery.deliveryTag, epoch: delivery.epoch, requeue: true)
    }
    #expect(counts == [0, 1, 2])
    consumer.close()
    await consumer.closed()
    try await Given.depth(of: queue, on: broker, becomes: 0)
  }

  @Test("Pausing hands back what is unacknowledged, and resuming gets it again")
  func pause() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    _ = try await Given.published(Given.messages(10, to: queue), at: broker.address)
    var (consumer, events) = try await Given.consumer([queue], broker.address)
    let first = await events.deliveries(10)
    consumer.acknowledge(first[2].deliveryTag, epoch: first[2].epoch)
    consumer.pause()
    #expect(await events.quiesced() == true)
    #expect(consumer.expectedConsumers == 0)
    #expect(consumer.actualConsumers == 0)
    // Late acknowledgements of what was handed back would close the channel.
    consumer.acknowledge(upTo: first[9].deliveryTag, epoch: first[9].epoch)
    consumer.resume()
    let second = await events.deliveries(9)
    #expect(second.count == 9)
    #expect(second.allSatisfy { $0.isRedelivered && $0.epoch == first[0].epoch })
    #expect(!second.map(\.properties.messageID).contains("m3"))
    #expect(consumer.droppedAcknowledgements == 1)
    consumer.close()
  }

  /// A consumer whose thread stands still in its first deliveries until `gate` is signaled.
  private func stalled(
    _ queue: String, _ broker: PrivateBroker, _ gate: DispatchSemaphore
  ) async throws -> (BrokerConsumer, EventReader<ConsumerEvent>, first: [Delivery]) {
    let (stream, continuation) = AsyncStream.makeStream(of: ConsumerEvent.self)
    let isFirst = Mutex(true)
    let consumer = try BrokerConsumer(
      [.init(queue: queue)], at: broker.address, settings: Given.settings("stalled")
    ) { event in
      continuation.yield(event)
      guard case .deliveries = event else { return }
      // The thread is the consumer's own: nothing else waits with it.
      if isFirst.withLock({ first in
        defer { first = false }
        return first
      }) {
        gate.wait()
      }
    }
    try consumer.start()
    try await consumer.firstAttempt()
    var events = EventReader(stream)
    let first = await events.deliveries(1)
    return (consumer, events, first)
  }

  @Test("A pause that is resumed before the thread looks still hands everything back")
  func resumedAtOnce() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    _ = try await Given.published(Given.messages(10, to: queue), at: broker.address)
    let gate = DispatchSemaphore(value: 0)
    var (consumer, events, first) = try await stalled(queue, broker, gate)
    consumer.pause()
    consumer.resume()
    // What is dropped is counted at the end of the turn that takes all three orders.
    consumer.acknowledge(1, epoch: 0)
    gate.signal()
    while consumer.droppedAcknowledgements == 0 { await Task.yield() }
    _ = try await Given.published([Given.message(11, to: queue)], at: broker.address)
    // The new one may be ahead of those that go back on another connection.
    var again: [Delivery] = []
    func redelivered() -> [Delivery] {
      again.filter { $0.isRedelivered && $0.properties.messageID != "m11" }
    }
    while redelivered().count < 10 || !again.contains(where: { $0.properties.messageID == "m11" }) {
      again += try await events.moreDeliveries()
    }
    #expect(redelivered().map(\.properties.messageID) == (1...10).map { "m\($0)" })
    let oldTags = Set(first.map(\.deliveryTag))
    #expect(oldTags.isDisjoint(with: again.map(\.deliveryTag)))
    let last = try #require(again.last)
    consumer.acknowledge(upTo: last.deliveryTag, epoch: last.epoch)
    try await Given.depth(of: queue, on: broker, becomes: 0)
    consumer.close()
  }

  @Test("An acknowledgement asked for after a pause deletes nothing, one from before it counts")
  func acknowledgedAfterPause() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    _ = try await Given.published(Given.messages(10, to: queue), at: broker.address)
    let gate = DispatchSemaphore(value: 0)
    var (consumer, events, first) = try await stalled(queue, broker, gate)
    consumer.acknowledge(first[0].deliveryTag, epoch: first[0].epoch)
    consumer.pause()
    consumer.acknowledge(upTo: first[first.count - 1].deliveryTag, epoch: first[0].epoch)
    gate.signal()
    #expect(await events.quiesced() == true)
    #expect(consumer.droppedAcknowledgements == 1)
    consumer.close()
    await consumer.closed()
    try await Given.depth(of: queue, on: broker, becomes: 9)
  }

  @Test("A subscription to be tried again wakes nobody while the consumer is paused")
  func noDeadlineWhilePaused() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    let settings = Given.settings("deadline")
    let control = ConsumerControl(
      [.init(queue: queue)], suspectCount: nil, pipe: try WakePipe(),
      events: EventSink { _ in })
    let role = ConsumerRole(control, settings)
    let connection = try RabbitConnection(broker.address, settings)
    try connection.openChannel()
    try role.opened(connection, epoch: 1)
    try role.received(
      .method(.consumerCanceled(tag: "deadline.\(queue).1", wantsAnswer: false)), on: connection)
    #expect(role.nextDeadline != nil)
    control.setMode(.paused)
    try role.turn(on: connection)
    #expect(role.nextDeadline == nil)
    connection.close()
  }

  @Test("A suspended queue brings nothing more while others do; what came of it is still settled")
  func suspend() async throws {
    let broker = try await PrivateBroker.shared()
    let queues = [try await Given.queue(on: broker), try await Given.queue(on: broker)]
    _ = try await Given.published(Given.messages(10, to: queues[0]), at: broker.address)
    var (consumer, events) = try await Given.consumer(queues, broker.address, prefetch: 4)
    let first = await events.deliveries(4)
    consumer.suspend(queue: queues[0])
    // Its consumer is gone when the broker says so; the acknowledgement brings nothing of it then.
    while consumer.actualConsumers != 1 { await Task.yield() }
    consumer.acknowledge(upTo: first[3].deliveryTag, epoch: first[3].epoch)
    try await Given.depth(of: queues[0], on: broker, becomes: 6)
    #expect(consumer.expectedConsumers == 1)
    _ = try await Given.published(Given.messages(1, to: queues[1]), at: broker.address)
    let other = await events.deliveries(1)
    #expect(other.map(\.queue) == [queues[1]])
    consumer.takeUp(queue: queues[0])
    let rest = await events.deliveries(4)
    #expect(rest.allSatisfy { $0.queue == queues[0] && !$0.isRedelivered })
    #expect(consumer.expectedConsumers == 2)
    consumer.close()
  }

  @Test("Draining brings nothing more, and what came can still be acknowledged")
  func drain() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    _ = try await Given.published(Given.messages(50, to: queue), at: broker.address)
    var (consumer, events) = try await Given.consumer([queue], broker.address, prefetch: 20)
    let got = await events.deliveries(20)
    consumer.drain()
    #expect(await events.quiesced() == true)
    let last = try #require(got.last)
    consumer.acknowledge(upTo: last.deliveryTag, epoch: last.epoch)
    consumer.close()
    await consumer.closed()
    #expect(await events.deliveries(1).isEmpty)
    try await Given.depth(of: queue, on: broker, becomes: 30)
  }

  @Test("A deleted queue ends its subscription, which readiness shows until it is back")
  func serverCancel() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    var (consumer, events) = try await Given.consumer([queue], broker.address)
    try await Given.topology(broker).delete(queue: queue)
    let canceled = await events.first {
      if case .canceled(let queue) = $0 { queue } else { nil }
    }
    #expect(canceled == queue)
    let reason = try #require(await events.disconnected())
    #expect(reason.code == .notFound)
    #expect(reason.message.contains(queue))
    #expect(consumer.expectedConsumers == 1)
    #expect(consumer.actualConsumers == 0)
    try await Given.topology(broker).declare(Topology(queues: [.quorum(queue)]))
    #expect(await events.connected() != nil)
    #expect(consumer.actualConsumers == 1)
    consumer.close()
  }

  @Test("A body beyond the cap is read past and delivered without its bytes")
  func oversize() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    var messages = Given.messages(3, to: queue, bytes: 1_000)
    messages[1] = Given.message(2, to: queue, body: Array(repeating: 7, count: 1_000_001))
    _ = try await Given.published(messages, at: broker.address)
    var settings = Given.settings()
    settings.longestBodyByteCount = 1_000_000
    var (consumer, events) = try await Given.consumer([queue], broker.address, settings: settings)
    let deliveries = await events.deliveries(3)
    #expect(deliveries.map(\.bodyByteCount) == [1_000, 1_000_001, 1_000])
    #expect(deliveries.map { $0.body?.count } == [1_000, nil, 1_000])
    #expect(deliveries[2].body == messages[2].written.body)
    consumer.close()
  }

  @Test("Headers nested as deep as a frame allows neither crash nor come through whole")
  func headersBomb() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    // 5 bytes a level: 24,000 arrays within each other are 120 KB.
    try await HeaderBomb.publish(arrays: 24_000, to: queue, at: broker.address)
    _ = try await Given.published(Given.messages(1, to: queue), at: broker.address)
    var (consumer, events) = try await Given.consumer([queue], broker.address)
    let deliveries = await events.deliveries(2)
    #expect(deliveries.count == 2)
    #expect(deliveries[0].properties.headers["after"] == 1)
    var depth = 0
    var value = deliveries[0].properties.headers["bomb"]
    while case .array(let inner)? = value {
      depth += 1
      value = inner.first
    }
    #expect(value == .omitted)
    #expect(depth < 10)
    consumer.close()
  }
}
