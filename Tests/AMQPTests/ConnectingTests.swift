import AMQP
import BrokerFixture
import Testing

@Suite("Connecting to a real broker", .timeLimit(.minutes(10)))
struct ConnectingTests {
  private func failure(
    _ address: BrokerAddress, queue: String = "any"
  ) async throws -> AMQPError {
    let consumer = try BrokerConsumer(
      [.init(queue: queue)], at: address, settings: Given.settings())
    try consumer.start()
    defer { consumer.close() }
    do throws(AMQPError) {
      try await consumer.firstAttempt()
    } catch {
      #expect(!error.message.contains("sesame"))
      return error
    }
    throw AMQPError(.closed, "it connected")
  }

  @Test("A wrong password is refused for good, and named without being told")
  func password() async throws {
    var address = try await PrivateBroker.shared().address
    address.password = "sesame"
    let error = try await failure(address)
    #expect(error.code == .authenticationRefused)
    #expect(!error.isRetriable)
    #expect(error.message.contains("guest"))
  }

  @Test("A virtual host that does not exist is refused for good")
  func virtualHost() async throws {
    var address = try await PrivateBroker.shared().address
    address.virtualHost = "elsewhere"
    let error = try await failure(address)
    #expect(error.code == .virtualHostRefused)
    #expect(error.message.contains("elsewhere"))
  }

  @Test("A port where nobody listens is worth another try")
  func port() async throws {
    let error = try await failure(BrokerAddress(port: 1, password: "sesame"))
    #expect(error.code == .unreachable)
    #expect(error.isRetriable)
  }

  @Test("A missing queue is named")
  func missingQueue() async throws {
    let queue = PrivateBroker.uniqueName("missing")
    let error = try await failure(try await PrivateBroker.shared().address, queue: queue)
    #expect(error.code == .notFound)
    #expect(error.message.contains(queue))
  }

  @Test("A consumer that waits to connect again does so at once when it is told to")
  func connectNow() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = PrivateBroker.uniqueName("missing")
    var settings = Given.settings()
    settings.backoff = ReconnectBackoff(initial: .seconds(3_600), maximum: .seconds(3_600))
    let consumer = try BrokerConsumer(
      [.init(queue: queue)], at: broker.address, settings: settings)
    var events = EventReader(consumer.events)
    try consumer.start()
    #expect(await events.disconnected()?.code == .notFound)
    // Asked for in vain once: the next wait is as long as it would be.
    consumer.connectNow()
    #expect(await events.disconnected()?.code == .notFound)
    try await Given.topology(broker).declare(Topology(queues: [.quorum(queue)]))
    consumer.connectNow()
    #expect(await events.connected() != nil)
    consumer.close()
  }

  @Test("TLS with the broker's own authority and name carries messages both ways")
  func tls() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    var messages = Given.messages(300, to: queue)
    messages[7] = Given.message(8, to: queue, body: Array(repeating: 1, count: 500_000))
    messages[8] = Given.message(9, exchange: PrivateBroker.uniqueName("missing"), to: queue)
    let outcome = try await Given.published(messages, at: broker.secureAddress)
    #expect(outcome.confirmed.count == 299)
    #expect(outcome.returned.map(\.token) == [9])
    var (consumer, events) = try await Given.consumer(
      [queue], broker.secureAddress, prefetch: 300)
    var bodies: Set<[UInt8]> = []
    for delivery in await events.deliveries(299) {
      bodies.insert(try #require(delivery.body))
      consumer.acknowledge(delivery.deliveryTag, epoch: delivery.epoch)
    }
    #expect(bodies.contains(messages[7].written.body))
    consumer.close()
    await consumer.closed()
  }

  @Test("On a slow link by TLS, a window goes out that takes longer than a call may, uncut")
  func tlsOnASlowLink() async throws {
    let broker = try await PrivateBroker.shared()
    let queue = try await Given.queue(on: broker)
    let link = try SlowLink(to: broker.secureAddress.port)
    defer { link.stop() }
    var address = broker.secureAddress
    address.port = link.port
    var settings = Given.settings()
    settings.callTimeout = .seconds(6)
    var (publisher, events) = try await Given.publisher(address, settings: settings)
    try publisher.publish(Given.messages(90, to: queue, bytes: 200_000))
    let outcome = await events.outcome(of: 90)
    #expect(outcome.confirmed.count == 90)
    #expect(outcome.unconfirmed == [])
    publisher.close()
    await publisher.closed()
  }

  @Test("A certificate made out to another name, or signed by somebody else, is refused")
  func tlsRefused() async throws {
    var address = try await PrivateBroker.shared().secureAddress
    address.host = "127.0.0.1"
    let mismatch = try await failure(address)
    #expect(mismatch.code == .tlsNameMismatch)
    address.host = "localhost"
    address.tls?.authoritiesFile = nil
    #expect(try await failure(address).code == .tlsPeerUntrusted)
    address.tls?.authoritiesFile = "/nowhere.pem"
    #expect(try await failure(address).code == .tlsFailed)
  }

  @Test("TLS towards a port that speaks none fails for good")
  func tlsToPlain() async throws {
    var address = try await PrivateBroker.shared().address
    address.tls = .init(verifiesPeer: false, verifiesName: false)
    #expect(try await failure(address).code == .tlsFailed)
  }

  @Test("The broker tells its product, version and capabilities")
  func probe() async throws {
    let broker = try await PrivateBroker.shared()
    let identity = try await Given.topology(broker).probe()
    #expect(identity.product == "RabbitMQ")
    #expect(identity.version.split(separator: ".").count == 3)
    #expect(identity.capabilities.contains("publisher_confirms"))
  }

  @Test("The connection shows its name and what it can do")
  func clientProperties() async throws {
    let broker = try await PrivateBroker.shared()
    let name = PrivateBroker.uniqueName("named")
    let (publisher, _) = try await Given.publisher(broker.address, settings: Given.settings(name))
    let connections = try await broker.control("list_connections", "client_properties")
    let line = try #require(connections.split(separator: "\n").first { $0.contains(name) })
    for capability in [
      "consumer_cancel_notify", "connection.blocked", "publisher_confirms", "basic.nack",
      "authentication_failure_close",
    ] { #expect(line.contains(capability)) }
    publisher.close()
  }
}
