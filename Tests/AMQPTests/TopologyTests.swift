import AMQP
import BrokerFixture
import Testing

@Suite("Topology on a real broker", .timeLimit(.minutes(10)))
struct TopologyTests {
  @Test("Declaring twice changes nothing, and a check finds nothing to say")
  func idempotent() async throws {
    let broker = try await PrivateBroker.shared()
    let client = Given.topology(broker)
    let topology = Self.topology()
    #expect(try await client.check(topology).map(\.kind) == [.missing, .missing, .missing])
    try await client.declare(topology)
    try await client.declare(topology)
    #expect(try await client.check(topology) == [])
  }

  @Test("A queue that exists otherwise is named with the argument that differs")
  func precondition() async throws {
    let broker = try await PrivateBroker.shared()
    let client = Given.topology(broker)
    var topology = Self.topology()
    try await client.declare(topology)
    topology.queues[0].arguments["x-delivery-limit"] = 99
    let name = topology.queues[0].name
    do throws(AMQPError) {
      try await client.declare(topology)
      Issue.record("it was declared")
    } catch {
      #expect(error.code == .preconditionFailed)
      #expect(error.message.contains(name))
      #expect(error.message.contains("x-delivery-limit"))
    }
    let problems = try await client.check(topology)
    #expect(problems.map(\.kind) == [.differs])
    #expect(problems[0].subject == "queue \(name)")
  }

  @Test("A queue is emptied and deleted, and is gone then")
  func deleted() async throws {
    let broker = try await PrivateBroker.shared()
    let client = Given.topology(broker)
    let queue = try await Given.queue(on: broker)
    _ = try await Given.published(Given.messages(7, to: queue), at: broker.address)
    #expect(try await client.purge(queue) == 7)
    #expect(try await client.delete(queue: queue) == 0)
    do throws(AMQPError) {
      _ = try await client.depths(of: [queue])
      Issue.record("it is still there")
    } catch {
      #expect(error.code == .notFound)
    }
  }

  @Test("What a queue rejects goes to its dead letters")
  func deadLetters() async throws {
    let broker = try await PrivateBroker.shared()
    let topology = Self.topology()
    try await Given.topology(broker).declare(topology)
    let message = Given.message(exchange: topology.exchanges[0].name, to: "key")
    #expect(try await Given.published([message], at: broker.address).confirmed == [1])
    var (consumer, events) = try await Given.consumer(
      [topology.queues[0].name], broker.address)
    let delivery = try #require(await events.deliveries(1).first)
    consumer.reject(delivery.deliveryTag, epoch: delivery.epoch, requeue: false)
    var (other, dead) = try await Given.consumer([topology.queues[1].name], broker.address)
    let letter = try #require(await dead.deliveries(1).first)
    #expect(letter.body == message.written.body)
    #expect(letter.properties.headers["x-first-death-reason"] == "rejected")
    consumer.close()
    other.close()
  }

  private static func topology() -> Topology {
    let stem = PrivateBroker.uniqueName("t")
    return Topology(
      exchanges: [.init(name: "\(stem).x", kind: .topic)],
      queues: [
        .quorum(
          "\(stem).q", deliveryLimit: 5,
          deadLetterTo: (exchange: "", routingKey: "\(stem).dead")),
        .quorum("\(stem).dead"),
      ],
      bindings: [.init(exchange: "\(stem).x", queue: "\(stem).q", routingKey: "#")])
  }
}
