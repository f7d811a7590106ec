import AMQP
import BrokerFixture
import Testing

/// These stop, freeze and block their broker, so they have one of their own and run in turn.
@Suite("A broker in trouble", .serialized, .timeLimit(.minutes(10)))
struct DisruptionTests {
  private static let own = Task { try await PrivateBroker.start() }

  @Test(
    "After a cut connection deliveries come again in a new epoch, and old acknowledgements are dropped"
  )
  func cut() async throws {
    let broker = try await Self.own.value
    let queue = try await Given.queue(on: broker)
    _ = try await Given.published(Given.messages(20, to: queue), at: broker.address)
    var (consumer, events) = try await Given.consumer([queue], broker.address)
    let old = await events.deliveries(20)
    try await broker.control("close_all_connections", "test")
    #expect(await events.disconnected()?.isRetriable == true)
    let epoch = try #require(await events.connected())
    let new = await events.deliveries(20)
    #expect(new.allSatisfy { $0.epoch == epoch && $0.isRedelivered })
    #expect(epoch > old[0].epoch)
    for delivery in old { consumer.acknowledge(delivery.deliveryTag, epoch: delivery.epoch) }
    consumer.acknowledge(upTo: new[9].deliveryTag, epoch: epoch)
    consumer.close()
    await consumer.closed()
    #expect(consumer.droppedAcknowledgements == 20)
    try await Given.depth(of: queue, on: broker, becomes: 10)
  }

  @Test("A broker killed and started again loses no confirmed message, and both sides go on")
  func restart() async throws {
    let broker = try await Self.own.value
    let queue = try await Given.queue(on: broker)
    var (publisher, published) = try await Given.publisher(broker.address)
    var (consumer, consumed) = try await Given.consumer([queue], broker.address, prefetch: 2_000)
    let messages = Given.messages(1_000, to: queue)
    try publisher.publish(Array(messages[..<500]))
    let before = await published.outcome(of: 500)
    #expect(before.confirmed.count == 500)
    try await broker.kill()
    let reason = try #require(await consumed.disconnected())
    #expect(reason.isRetriable)
    let unconfirmed = await published.first {
      if case .disconnected(_, let tokens) = $0 { tokens } else { nil }
    }
    #expect(unconfirmed == [])
    try publisher.publish(Array(messages[500...]))
    #expect(consumer.actualConsumers == 0)
    try await broker.restart()
    // The queue may be without a leader at first: what is nacked or cut off goes again.
    var confirmed: Set<UInt64> = []
    while confirmed.count < 500 {
      let outcome = await published.outcome(of: 1)
      try #require(outcome.count > 0)
      confirmed.formUnion(outcome.confirmed)
      let again = Set(outcome.nacked + outcome.unconfirmed)
      if !again.isEmpty { try publisher.publish(messages.filter { again.contains($0.token) }) }
    }
    var seen: Set<String> = []
    while seen.count < 1_000 {
      for delivery in try await consumed.moreDeliveries() {
        seen.insert(delivery.properties.messageID ?? "")
        consumer.acknowledge(delivery.deliveryTag, epoch: delivery.epoch)
      }
    }
    #expect(consumer.actualConsumers == 1)
    publisher.close()
    consumer.close()
  }

  @Test("A frozen broker is noticed by its silence, and what was in flight is told")
  func frozen() async throws {
    let broker = try await Self.own.value
    let queue = try await Given.queue(on: broker)
    var settings = Given.settings(heartbeatSeconds: 1)
    settings.callTimeout = .seconds(1)
    settings.connectTimeout = .seconds(1)
    var (plain, events) = try await Given.publisher(broker.address, settings: settings)
    var (secure, secureEvents) = try await Given.publisher(
      broker.secureAddress, settings: settings)
    try broker.freeze()
    // More than the socket buffers hold, so that librabbitmq blocks in sending by TLS.
    let messages = Given.messages(40, to: queue, bytes: 500_000)
    try plain.publish(messages)
    try secure.publish(messages)
    let told = await events.first { event -> (AMQPError, Int)? in
      if case .disconnected(let reason, let tokens) = event { (reason, tokens.count) } else { nil }
    }
    #expect(told?.0.isRetriable == true)
    #expect((told?.1 ?? 0) > 0)
    let toldSecure = await secureEvents.first { event -> Bool? in
      if case .disconnected(let reason, _) = event { reason.isRetriable } else { nil }
    }
    #expect(toldSecure == true)
    try broker.thaw()
    plain.close()
    secure.close()
    await plain.closed()
    await secure.closed()
  }

  @Test("A blocked connection says so, keeps what it was given, and goes on when it is unblocked")
  func blocked() async throws {
    let broker = try await Self.own.value
    let queue = try await Given.queue(on: broker)
    var (publisher, events) = try await Given.publisher(broker.address)
    try await broker.control("set_vm_memory_high_watermark", "0.00001")
    try publisher.publish(Given.messages(1, to: queue))
    let reason = await events.first {
      if case .blocked(let reason) = $0 { reason } else { nil }
    }
    #expect(reason?.contains("memory") == true)
    try publisher.publish((2...101).map { Given.message($0, to: queue) })
    try await broker.control("set_vm_memory_high_watermark", "0.6")
    #expect(await events.first { $0 == .unblocked ? true : nil } == true)
    #expect(await events.outcome(of: 101).confirmed.count == 101)
    publisher.close()
  }

  @Test(
    "A connection outlives a block, however much is on its way and however late the block ends",
    arguments: [false, true])
  func longBlock(isSecure: Bool) async throws {
    let broker = try await Self.own.value
    let queue = try await Given.queue(on: broker)
    // Longer than a busy machine may let the broker or this connection's thread wait.
    var settings = Given.settings(heartbeatSeconds: 4)
    settings.callTimeout = .seconds(6)
    var (publisher, events) = try await Given.publisher(
      isSecure ? broker.secureAddress : broker.address, settings: settings)
    try await broker.control("set_vm_memory_high_watermark", "0.00001")
    // More than the sockets hold, and more than is written before the broker says that it blocks.
    let messages = Given.messages(100, to: queue, bytes: 100_000)
    try publisher.publish(messages)
    #expect(await events.first { if case .blocked = $0 { true } else { nil } } == true)
    // Twice as long as the peer may be silent, which is how long the system waits for it to read.
    try await Given.waiting(.seconds(16), on: broker)
    try await broker.control("set_vm_memory_high_watermark", "0.6")
    let next = await events.first { $0 }
    try #require(next == .unblocked)
    #expect(await events.outcome(of: 100).confirmed.count == 100)
    publisher.close()
  }

  @Test("A channel that is closed during a block is opened again at its end, however late that is")
  func unblockedWhileReopening() async throws {
    let broker = try await Self.own.value
    let queue = try await Given.queue(on: broker)
    var settings = Given.settings()
    settings.callTimeout = .seconds(6)
    var (publisher, events) = try await Given.publisher(broker.address, settings: settings)
    try await broker.control("set_vm_memory_high_watermark", "0.00001")
    let missing = PrivateBroker.uniqueName("missing")
    try publisher.publish([Given.message(1, exchange: missing, to: queue)])
    #expect(await events.first { if case .blocked = $0 { true } else { nil } } == true)
    // The broker has stopped reading in the midst of the message: its channel gets another one of
    // the kind from within, and is closed for it while the block lasts.
    try await broker.control(
      "eval",
      """
      [rabbit_channel:do(Pid, {'basic.publish', 0, <<"\(missing)">>, <<"k">>, false, false},
         {content, 60, none, <<0, 0>>, rabbit_framing_amqp_0_9_1, [<<>>]})
       || Pid <- rabbit_channel:list()].
      """)
    let returned = await events.first {
      if case .returned(let messages) = $0 { messages.map(\.token) } else { nil }
    }
    #expect(returned == [1])
    // The block outlasts what a call to the broker may take.
    try await Given.waiting(settings.callTimeout * 2, on: broker)
    try await broker.control("set_vm_memory_high_watermark", "0.6")
    try publisher.publish([Given.message(2, to: queue)])
    let next = await events.first { $0 }
    #expect(next == .unblocked, "The connection outlives the block.")
    #expect(await events.outcome(of: 1) == Outcome(confirmed: [2]))
    publisher.close()
  }
}
