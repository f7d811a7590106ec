import AMQP
import BrokerFixture
import Testing

/// Reads events in order until the one a test waits for.
struct EventReader<Event: Sendable> {
  private var iterator: AsyncStream<Event>.Iterator

  init(_ events: AsyncStream<Event>) { iterator = events.makeAsyncIterator() }

  /// What `pick` makes of the first event that it does not pass over; nil when events end.
  mutating func first<T>(_ pick: (Event) -> T?) async -> T? {
    while let event = await iterator.next() {
      if let picked = pick(event) { return picked }
    }
    return nil
  }
}

extension EventReader<ConsumerEvent> {
  /// Waits for `count` deliveries.
  mutating func deliveries(_ count: Int) async -> [Delivery] {
    var all: [Delivery] = []
    while all.count < count {
      guard let more = await first({ if case .deliveries(let some) = $0 { some } else { nil } })
      else { break }
      all += more
    }
    return all
  }

  /// The next that come; a test that waits in a loop ends by this when its time is over.
  mutating func moreDeliveries() async throws -> [Delivery] {
    try #require(await first { if case .deliveries(let some) = $0 { some } else { nil } })
  }

  mutating func connected() async -> UInt64? {
    await first { if case .connected(let epoch, _) = $0 { epoch } else { nil } }
  }

  mutating func disconnected() async -> AMQPError? {
    await first { if case .disconnected(let reason) = $0 { reason } else { nil } }
  }

  mutating func quiesced() async -> Bool? {
    await first { if case .quiesced = $0 { true } else { nil } }
  }
}

extension EventReader<PublisherEvent> {
  /// Waits until `count` tokens have come to an end, whichever.
  mutating func outcome(of count: Int) async -> Outcome {
    var outcome = Outcome()
    while outcome.count < count {
      let more = await first { event -> Bool? in
        switch event {
        case .confirmed(let tokens): outcome.confirmed += tokens
        case .nacked(let tokens): outcome.nacked += tokens
        case .returned(let messages): outcome.returned += messages
        case .disconnected(_, let tokens): outcome.unconfirmed += tokens
        default: return nil
        }
        return true
      }
      if more == nil { break }
    }
    return outcome
  }
}

/// What became of a test's messages.
struct Outcome: Equatable {
  var confirmed: [UInt64] = []
  var nacked: [UInt64] = []
  var returned: [ReturnedMessage] = []
  var unconfirmed: [UInt64] = []

  var count: Int { confirmed.count + nacked.count + returned.count + unconfirmed.count }
}

/// What most tests begin with.
enum Given {
  static func settings(_ name: String = #function, heartbeatSeconds: Int = 15) -> ConnectionSettings
  {
    ConnectionSettings(
      name: name, heartbeatSeconds: heartbeatSeconds,
      backoff: ReconnectBackoff(initial: .milliseconds(20), maximum: .milliseconds(200)))
  }

  static func topology(_ broker: PrivateBroker) -> TopologyClient {
    TopologyClient(at: broker.address, settings: settings("topology"))
  }

  /// A new quorum queue.
  static func queue(
    on broker: PrivateBroker, deliveryLimit: Int? = nil
  ) async throws -> String {
    let name = PrivateBroker.uniqueName("q")
    try await topology(broker).declare(
      Topology(queues: [.quorum(name, deliveryLimit: deliveryLimit)]))
    return name
  }

  /// A quorum queue's count follows what it was told with a little delay.
  static func depth(of queue: String, on broker: PrivateBroker, becomes count: Int) async throws {
    while try await topology(broker).depths(of: [queue])[0].messageCount != count {}
  }

  /// That much time has gone by, which the broker spends with being asked things.
  static func waiting(_ time: Duration, on broker: PrivateBroker) async throws {
    let end = ContinuousClock.now + time
    while ContinuousClock.now < end { try await broker.control("eval", "ok.") }
  }

  static func publisher(
    _ address: BrokerAddress, settings: ConnectionSettings = settings("publisher"),
    windowCapacity: Int = 2_048, queueCapacity: Int = 65_536
  ) async throws -> (BrokerPublisher, EventReader<PublisherEvent>) {
    let publisher = try BrokerPublisher(
      at: address, settings: settings, windowCapacity: windowCapacity,
      queueCapacity: queueCapacity)
    try publisher.start()
    try await publisher.firstAttempt()
    return (publisher, EventReader(publisher.events))
  }

  static func consumer(
    _ queues: [String], _ address: BrokerAddress, prefetch: UInt16 = 256,
    settings: ConnectionSettings = settings("consumer"), suspectCount: Int? = nil
  ) async throws -> (BrokerConsumer, EventReader<ConsumerEvent>) {
    let consumer = try BrokerConsumer(
      queues.map { .init(queue: $0, prefetch: prefetch) }, at: address, settings: settings,
      suspectCount: suspectCount)
    try consumer.start()
    try await consumer.firstAttempt()
    return (consumer, EventReader(consumer.events))
  }

  /// Messages to a queue by the default exchange, with tokens from 1 on.
  static func messages(_ count: Int, to queue: String, bytes: Int = 100) -> [OutgoingMessage] {
    (1...count).map {
      OutgoingMessage(
        token: UInt64($0), exchange: "", routingKey: queue,
        properties: MessageProperties(messageID: "m\($0)"),
        body: Array(repeating: UInt8(truncatingIfNeeded: $0), count: bytes))
    }
  }

  /// One message, its properties changed.
  static func message(
    _ token: UInt64 = 1, exchange: String = "", to queue: String, body: [UInt8] = [1, 2, 3],
    _ change: (inout MessageProperties) -> Void = { _ in }
  ) -> OutgoingMessage {
    var properties = MessageProperties(messageID: "m\(token)")
    change(&properties)
    return OutgoingMessage(
      token: token, exchange: exchange, routingKey: queue, properties: properties, body: body)
  }

  /// Publishes and waits for the confirms.
  static func published(
    _ messages: [OutgoingMessage], at address: BrokerAddress
  ) async throws -> Outcome {
    var (publisher, events) = try await publisher(address)
    try publisher.publish(messages)
    let outcome = await events.outcome(of: messages.count)
    publisher.close()
    return outcome
  }
}
