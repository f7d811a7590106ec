import AMQP
import BrokerFixture
import Contracts
import Testing

@testable import resize_worker

/// A message as the worker has sent it.
struct Seen: Sendable {
  var exchange: String
  var routingKey: String
  var properties: MessageProperties
  /// Empty where it is longer than a test keeps.
  var body: [UInt8]
  var bodyByteCount: UInt64

  init(_ delivery: Delivery) {
    bodyByteCount = delivery.bodyByteCount
    exchange = delivery.exchange
    routingKey = delivery.routingKey
    properties = delivery.properties
    body = delivery.body ?? []
  }

  var type: String { properties.type ?? "" }
  var requestId: String { properties.correlationID ?? "" }
  func header(_ name: String) -> String? { properties.headers[name]?.string }
  /// Null for a body that is no JSON.
  var json: JSONValue { (try? JSONParser.parse(body)) ?? .null }
  var data: JSONValue { json["data"] ?? .null }
  /// As the data has it, which for an answer to a bad message may be other than the property.
  var namedRequest: String { data["requestId"]?.text ?? "" }
  var status: String { data["status"]?.text ?? "" }
  var reason: String { data["reason"]?["code"]?.text ?? "" }
  var attention: String { data["attention"]?["code"]?.text ?? "" }
  var amount: String { data["amount"]?["value"]?.text ?? "" }
}

/// What a test waited for has not come before its time was over.
struct NeverCame: Error, CustomStringConvertible {
  var what: String
  var seen: [Seen]

  var description: String {
    let tail = seen.suffix(20).map { "\($0.type) \($0.requestId) \($0.status) \($0.reason)" }
    return "\(what) never came; the last of \(seen.count) messages: \(tail)"
  }
}

/// Reads everything that an installation sends: results, payments, commands, metering, dead letters.
struct Witness {
  private(set) var seen: [Seen] = []
  private let names: ChannelNames
  private let consumer: BrokerConsumer
  private var events: AsyncStream<ConsumerEvent>.Iterator

  /// With a queue of its own on all exchanges, which have to be there.
  init(_ names: ChannelNames, at address: BrokerAddress) async throws {
    let queue = PrivateBroker.uniqueName(names.prefix + ".witness")
    let exchanges = [
      names.results, names.payments, names.commands, names.metering, names.deadLetters,
    ]
    try await TopologyClient(at: address, settings: ConnectionSettings(name: "witness")).declare(
      Topology(
        queues: [Topology.Queue(name: queue)],
        bindings: exchanges.map {
          Topology.Binding(exchange: $0, queue: queue, routingKey: "#")
        }))
    try await self.init(queue: queue, names, at: address)
  }

  /// Of one queue that is there.
  init(queue: String, _ names: ChannelNames, at address: BrokerAddress) async throws {
    self.names = names
    consumer = try BrokerConsumer(
      [.init(queue: queue, prefetch: 2_000)], at: address,
      settings: ConnectionSettings(
        name: "witness",
        backoff: ReconnectBackoff(initial: .milliseconds(50), maximum: .milliseconds(500))))
    events = consumer.events.makeAsyncIterator()
    try consumer.start()
    try await consumer.firstAttempt()
  }

  /// Reads on until what has been seen is enough.
  mutating func until(_ what: String, _ isEnough: ([Seen]) -> Bool) async throws {
    while !isEnough(seen) {
      guard let event = await events.next() else {
        let missed = NeverCame(what: what, seen: seen)
        // What a test throws after its time limit is told to nobody.
        if Task.isCancelled { Issue.record(missed) }
        throw missed
      }
      guard case .deliveries(let deliveries) = event, let last = deliveries.last else { continue }
      for delivery in deliveries { keep(Seen(delivery)) }
      consumer.acknowledge(upTo: last.deliveryTag, epoch: last.epoch)
    }
  }

  /// The first message, seen before or still to come, that is like this.
  mutating func first(_ what: String, where isIt: (Seen) -> Bool) async throws -> Seen {
    try await until(what) { $0.contains(where: isIt) }
    guard let found = seen.first(where: isIt) else { throw NeverCame(what: what, seen: seen) }
    return found
  }

  /// The first status of a request with one of these names.
  mutating func status(of request: String, _ statuses: String...) async throws -> Seen {
    try await first("status \(statuses) of \(request)") {
      $0.type == "resize.status.v1" && $0.requestId == request && statuses.contains($0.status)
    }
  }

  /// A payment or refund asked for, by its attempt.
  mutating func asked(_ kind: String, of request: String, attempt: Int = 1) async throws -> Seen {
    try await first("\(kind) of \(request), attempt \(attempt)") {
      $0.type == kind + ".requested.v1" && $0.requestId == request
        && $0.data["attempt"] == .number(String(attempt))
    }
  }

  /// The statuses of a request in order, each once however often it was sent.
  func statuses(of request: String) -> [String] {
    var ids: Set<String> = []
    return seen.filter { $0.type == "resize.status.v1" && $0.requestId == request }
      .filter { ids.insert($0.properties.messageID ?? "").inserted }.map(\.status)
  }

  var deadLetters: [Seen] { seen.filter { $0.exchange == names.deadLetters } }

  private mutating func keep(_ message: Seen) {
    seen.append(message)
    if message.exchange != names.deadLetters { SchemaValidation.keep(message) }
  }
}
