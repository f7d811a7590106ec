import AMQP
import BrokerFixture
import Testing

@Suite("Publishing to a real broker", .timeLimit(.minutes(10)))
struct PublishingTests {
  @Test("Every message is confirmed once and arrives as it was sent")
  func confirms() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    let properties = MessageProperties(
      contentType: "application/json", contentEncoding: "identity",
      headers: [
        "traceparent": "00-1-2-01", "attempt": 3, "deep": .table(["list": .array([true, .null])]),
        "half": .double(0.5), "raw": .bytes([0, 255]), "then": .timestamp(7),
      ],
      priority: 1, correlationID: "request", replyTo: "back", messageID: "id",
      timestamp: 1_700_000_000, type: "a.b.v1", userID: "guest", appID: "test")
    let message = Given.message(to: queue) { $0 = properties }
    #expect(try await Given.published([message], at: broker.address).confirmed == [1])

    var (consumer, events) = try await Given.consumer([queue], broker.address)
    let delivery = try #require(await events.deliveries(1).first)
    #expect(delivery.properties == properties)
    #expect(delivery.body == message.written.body)
    #expect(delivery.queue == queue)
    #expect(delivery.routingKey == queue)
    #expect(delivery.deliveryCount == 0)
    consumer.close()
    await consumer.closed()
  }

  @Test("Ten thousand messages in flight are all confirmed, each once, though acks are multiple")
  func manyConfirms() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    let outcome = try await Given.published(
      Given.messages(10_000, to: queue), at: broker.address)
    #expect(outcome.confirmed.sorted() == Array(1...10_000))
    #expect(outcome.count == 10_000)
    #expect(try await Given.topology(broker).depths(of: [queue])[0].messageCount == 10_000)
  }

  @Test("A mandatory message that reaches no queue is returned and never confirmed")
  func returns() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    let nowhere = PrivateBroker.uniqueName("nowhere")
    var messages = Given.messages(600, to: queue)
    for index in messages.indices where index % 3 == 0 {
      messages[index] = Given.message(UInt64(index + 1), to: nowhere) {
        if index % 2 == 0 { $0.messageID = nil }
      }
    }
    let outcome = try await Given.published(messages, at: broker.address)
    let lost: [UInt64] = (0..<200).map { UInt64($0 * 3 + 1) }
    #expect(outcome.returned.map(\.token) == lost)
    #expect(outcome.returned.allSatisfy { $0.replyCode == 312 && $0.replyText == "NO_ROUTE" })
    #expect(outcome.confirmed.count == 400)
    #expect(Set(outcome.confirmed).isDisjoint(with: outcome.returned.map(\.token)))
  }

  @Test("A message that is not mandatory is confirmed though no queue takes it")
  func notMandatory() async throws {
    let broker = try await PrivateBroker.shared()
    let message = OutgoingMessage(
      token: 1, exchange: "", routingKey: PrivateBroker.uniqueName("nowhere"), isMandatory: false,
      body: [1])
    #expect(try await Given.published([message], at: broker.address).confirmed == [1])
  }

  @Test("Messages to a missing exchange come back as 404, their neighbours arrive")
  func missingExchange() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    let missing = PrivateBroker.uniqueName("missing")
    var messages = Given.messages(500, to: queue)
    for index in messages.indices where index % 5 == 4 {
      messages[index] = Given.message(UInt64(index + 1), exchange: missing, to: queue)
    }
    let outcome = try await Given.published(messages, at: broker.address)
    #expect(outcome.returned.count == 100)
    #expect(outcome.returned.allSatisfy { $0.replyCode == 404 && $0.replyText.contains(missing) })
    #expect(outcome.returned.allSatisfy { $0.token % 5 == 0 })
    let others: [UInt64] = (1...500).filter { $0 % 5 != 0 }
    #expect(outcome.confirmed.sorted() == others)
  }

  @Test(
    "Without permission for the default exchange all messages to it come back at once, others go on"
  )
  func forbiddenDefaultExchange() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    let user = PrivateBroker.uniqueName("writer")
    try await broker.control("add_user", user, "sesame")
    try await broker.control("set_permissions", user, "", "^amq\\.topic$", "")
    var address = broker.address
    (address.user, address.password) = (user, "sesame")
    var (publisher, events) = try await Given.publisher(address)
    let others = (4...6).map { Given.message($0, exchange: "amq.topic", to: queue) }
    try publisher.publish(Given.messages(3, to: queue) + others)
    let returned = await events.first {
      if case .returned(let messages) = $0 { messages } else { nil }
    }
    #expect(returned?.map(\.token) == [1, 2, 3])
    #expect(returned?.allSatisfy { $0.replyCode == 403 } == true)
    // That exchange takes them, and has no queue for them.
    let noRoute = await events.outcome(of: 3).returned
    #expect(noRoute.map(\.token) == [4, 5, 6] && noRoute.allSatisfy { $0.replyCode == 312 })
    publisher.close()
  }

  @Test("A message refused without a name (a foreign user id) is found among its neighbours")
  func foreignUser() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    var messages = Given.messages(50, to: queue)
    messages[17] = Given.message(18, to: queue) { $0.userID = "somebody" }
    messages[30] = Given.message(31, to: queue) { $0.userID = "else" }
    let outcome = try await Given.published(messages, at: broker.address)
    #expect(outcome.returned.map(\.token).sorted() == [18, 31])
    #expect(outcome.returned.allSatisfy { $0.replyCode == 406 })
    #expect(outcome.confirmed.count == 48)
  }

  @Test("A message that does not fit AMQP's fields comes back at once, its neighbours arrive")
  func unsendable() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    var messages = Given.messages(5, to: queue)
    messages[0] = Given.message(1, to: queue) { $0.type = String(repeating: "x", count: 256) }
    messages[1] = Given.message(2, to: String(repeating: "é", count: 128))
    messages[2] = Given.message(3, to: queue) {
      $0.headers["big"] = .bytes(Array(repeating: 0, count: 140_000))
    }
    var deep = HeaderValue.null
    for _ in 0..<100 { deep = .array([deep]) }
    messages[3] = Given.message(4, to: queue) { $0.headers["deep"] = deep }
    let outcome = try await Given.published(messages, at: broker.address)
    #expect(outcome.returned.map(\.token) == [1, 2, 3, 4])
    #expect(outcome.returned.allSatisfy { $0.replyCode == 0 })
    #expect(outcome.confirmed == [5])
  }

  @Test("A body of 20 MB goes there and back")
  func bigBody() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    var messages = Given.messages(3, to: queue)
    messages[1] = Given.message(
      2, to: queue, body: (0..<20_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    #expect(try await Given.published(messages, at: broker.address).confirmed.count == 3)
    var (consumer, events) = try await Given.consumer([queue], broker.address)
    let deliveries = await events.deliveries(3)
    #expect(deliveries.map(\.body) == messages.map(\.written.body))
    consumer.close()
  }

  @Test("The queue of the publisher is bounded: what does not fit is refused whole")
  func room() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    let publisher = try BrokerPublisher(
      at: broker.address, settings: Given.settings(), queueCapacity: 10)
    try publisher.publish(Given.messages(8, to: queue))
    #expect(publisher.room == 2)
    let refusal = #expect(throws: AMQPError.self) {
      try publisher.publish(Given.messages(3, to: queue))
    }
    #expect(refusal?.code == .noRoom)
    try publisher.start()
    try await publisher.waitForRoom(10)
    #expect(publisher.room == 10)
    var events = EventReader(publisher.events)
    #expect(await events.outcome(of: 8).confirmed.count == 8)
    publisher.close()
    await publisher.closed()
    #expect(throws: AMQPError.self) { try publisher.publish(Given.messages(1, to: queue)) }
  }

  @Test("Closing tells of every message that was not confirmed")
  func closing() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    let publisher = try BrokerPublisher(at: broker.address, settings: Given.settings())
    try publisher.publish(Given.messages(5, to: queue))
    publisher.close()
    var events = EventReader(publisher.events)
    let outcome = await events.outcome(of: 5)
    #expect(outcome.unconfirmed == [1, 2, 3, 4, 5])
    #expect(await events.first { $0 } == nil)
  }
}
