import BrokerFixture
import Testing

@testable import AMQP

@Suite("The bytes that a consumer keeps", .timeLimit(.minutes(10)))
struct KeptBytesTests {
  /// A queue of eight messages, and a consumer that may keep the bytes of two and a half.
  private static func eight(
    on broker: PrivateBroker, at address: BrokerAddress? = nil, bytes: Int = 1_000_000
  ) async throws -> (String, BrokerConsumer, EventReader<ConsumerEvent>) {
    let queue = try await Given.queue(on: broker)
    _ = try await Given.published(Given.messages(8, to: queue, bytes: bytes), at: broker.address)
    let (consumer, events) = try await Given.consumer(
      [queue], address ?? broker.address, settings: settings(bytes: bytes * 5 / 2))
    return (queue, consumer, events)
  }

  private static func settings(bytes: Int) -> ConnectionSettings {
    // Silence of two seconds ends a connection that is read.
    var settings = Given.settings(heartbeatSeconds: 1)
    settings.mostKeptByteCount = bytes
    return settings
  }

  @Test(
    "Beyond the bound nothing is read, and no silence told; what is settled lets the rest come",
    arguments: [false, true])
  func bound(byTLS: Bool) async throws {
    let broker = try await PrivateBroker.shared()
    // The buffers on the way take all eight: otherwise the broker would end the connection after 30 s.
    var (_, consumer, events) = try await Self.eight(
      on: broker, at: byTLS ? broker.secureAddress : broker.address, bytes: 5_000)
    let first = await events.deliveries(3)
    try #require(first.count == 3, "the bound is passed by one at most")
    try await Given.waiting(.seconds(6), on: broker)
    consumer.acknowledge(first[0].deliveryTag, epoch: first[0].epoch)
    let fourth = try await events.moreDeliveries()
    #expect(fourth.count == 1)
    #expect(fourth[0].epoch == first[0].epoch, "the connection outlives that it is not read")
    consumer.acknowledge(upTo: fourth[0].deliveryTag, epoch: fourth[0].epoch)
    #expect(await events.deliveries(3).count == 3)
    consumer.acknowledge(upTo: 7, epoch: fourth[0].epoch)
    #expect(await events.deliveries(1).map(\.properties.messageID) == ["m8"])
    consumer.close()
    await consumer.closed()
  }

  @Test("It holds at connecting, too, before the other queues are subscribed")
  func connecting() async throws {
    let broker = try await PrivateBroker.shared()
    let queues = [try await Given.queue(on: broker), try await Given.queue(on: broker)]
    for queue in queues {
      _ = try await Given.published(
        Given.messages(12, to: queue, bytes: 1_000_000), at: broker.address)
    }
    var (consumer, events) = try await Given.consumer(
      queues, broker.address, settings: Self.settings(bytes: 2_500_000))
    var unsettled = 0
    var seen: [String: Int] = [:]
    while seen != [queues[0]: 12, queues[1]: 12] {
      let batch = try await events.moreDeliveries()
      unsettled += batch.count
      try #require(unsettled <= 3)
      for delivery in batch { seen[delivery.queue, default: 0] += 1 }
      guard unsettled == 3 || seen.values.reduce(0, +) == 24 else { continue }
      unsettled = 0
      consumer.acknowledge(upTo: batch.last?.deliveryTag ?? 0, epoch: batch.last?.epoch ?? 0)
    }
    #expect(consumer.actualConsumers == 2)
    consumer.close()
    await consumer.closed()
  }

  @Test("A pause reads on, and hands back what comes with what was kept")
  func pause() async throws {
    let broker = try await PrivateBroker.shared()
    var (queue, consumer, events) = try await Self.eight(on: broker)
    #expect(await events.deliveries(3).count == 3)
    consumer.pause()
    let isQuiesced = await events.first { event -> Bool? in
      switch event {
      case .quiesced: true
      case .disconnected: false
      default: nil
      }
    }
    #expect(isQuiesced == true, "the broker ends a connection that is not read")
    try await Given.depth(of: queue, on: broker, becomes: 8)
    consumer.close()
    await consumer.closed()
  }

  @Test("A broker that goes away while nothing is read is noticed")
  func lost() async throws {
    let broker = try await PrivateBroker.start()
    var (_, consumer, events) = try await Self.eight(on: broker)
    #expect(await events.deliveries(3).count == 3)
    try await broker.stop()
    #expect(await events.disconnected() != nil)
    consumer.close()
    await consumer.closed()
  }
}
