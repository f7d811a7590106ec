import AMQP
import Billing
import Contracts
import Resizing
import Storage
import Testing
import Worker

@testable import resize_worker

/// What brokers of different versions say of a message that they deliver, and what follows from it.
@Suite("Deliveries of each RabbitMQ version")
struct DeliveryRulesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var redelivered: Bool
    var headers: HeaderTable
    var isAlone = false
    /// How many workers have begun with it and not ended; nil where nobody asks.
    var trials: Int?
    var isDeadLetter = false
  }

  static let cases = [
    Case(testDescription: "3.x and 4.x, the first time", redelivered: false, headers: [:]),
    Case(
      testDescription: "3.10, the first time by basic.get", redelivered: false,
      headers: ["x-delivery-count": 0]),
    Case(
      testDescription: "3.x to 4.2, lost its connection once or was handed back", redelivered: true,
      headers: ["x-delivery-count": 1]),
    Case(
      testDescription: "4.3, lost its connection once", redelivered: true,
      headers: ["x-delivery-count": 1, "x-acquired-count": 1]),
    Case(
      testDescription: "a classic queue, which does not count", redelivered: true, headers: [:],
      isAlone: true, trials: 1),
    Case(
      testDescription: "a classic queue, its workers ended with it once more than is allowed",
      redelivered: true, headers: [:], isAlone: true, trials: 11, isDeadLetter: true),
    Case(
      testDescription: "3.x to 4.2, came back any number of times and was never begun with",
      redelivered: true, headers: ["x-delivery-count": 5_000], isAlone: true, trials: 1),
    Case(
      testDescription: "3.x to 4.2, its workers ended with it as often as is allowed",
      redelivered: true, headers: ["x-delivery-count": 15], isAlone: true, trials: 10),
    Case(
      testDescription: "3.x to 4.2, its workers ended with it once more",
      redelivered: true, headers: ["x-delivery-count": 16], isAlone: true, trials: 11,
      isDeadLetter: true),
    Case(
      testDescription: "4.3, its workers ended with it once more", redelivered: true,
      headers: ["x-delivery-count": 16, "x-acquired-count": 16], isAlone: true, trials: 11,
      isDeadLetter: true),
    Case(
      testDescription: "4.3, lost its connection any number of times", redelivered: true,
      headers: ["x-delivery-count": 500, "x-acquired-count": 500], isAlone: true, trials: 1),
    Case(
      testDescription: "4.3, handed back by workers that stopped in order, any number of times",
      redelivered: true, headers: ["x-delivery-count": 0, "x-acquired-count": 500]),
    Case(
      testDescription: "4.3, handed back once and delivered without a count", redelivered: true,
      headers: ["x-acquired-count": 1]),
  ]

  private static let now = Moment(millisecondsSinceEpoch: 1_795_262_400_000)
  private let names = ChannelNames()

  private func delivery(_ tag: UInt64, _ id: String, _ redelivered: Bool, _ headers: HeaderTable)
    throws -> IntakeDelivery
  {
    let body = """
      {"specversion": "1.0", "id": "e-\(id)", "source": "/test", "type": "resize.requested.v1", \
      "data": {"requestId": "\(id)", "tenantId": "t", "instanceId": "i", "target": {"spec": "s"}}}
      """
    let delivery = Delivery(
      queue: names.requests, deliveryTag: tag, epoch: 1, isRedelivered: redelivered, exchange: "",
      routingKey: names.requests, properties: MessageProperties(headers: headers),
      bodyByteCount: UInt64(body.utf8.count), body: Array(body.utf8))
    return try #require(
      BrokerIntake.intakeDelivery(delivery, [names.requests: .requests]))
  }

  private func core() throws -> WorkerCore {
    let currency = try #require(Currency(code: "USD"))
    let catalog = Catalog(name: "empty", currency: currency, products: [:])
    return WorkerCore(
      settings: WorkerSettings(name: "w", run: "1", crashLimit: 10),
      machine: ResizeMachine(rules: ResizeRules(), catalogs: CatalogHistory([catalog])),
      translator: MessageTranslator(encoder: OutgoingEventEncoder(), names: names), now: Self.now)
  }

  /// The requests that the store is asked for; nil if it is not asked.
  private func loaded(_ actions: [WorkerAction]) -> Set<String>? {
    for case .load(let keys) in actions { return keys.requestIds }
    return nil
  }

  private func sent(_ actions: [WorkerAction]) -> [OutgoingEvent] {
    for case .commit(let changes) in actions { return changes.outbox.map(\.event) }
    return []
  }

  @Test(
    "what came back often runs alone, and only what ended too many workers is a dead letter",
    arguments: cases)
  func decision(_ version: Case) throws {
    var core = try core()
    let deliveries = [
      try delivery(1, "before", false, [:]),
      try delivery(2, "it", version.redelivered, version.headers),
      try delivery(3, "after", false, [:]),
    ]
    var now = Self.now
    /// Batches keep an interval: time passes with each event.
    func happens(_ events: WorkerEvent...) -> [WorkerAction] {
      (events + [.tick]).flatMap { event in
        now = now.adding(milliseconds: 100)
        return core.handle(event, now: now)
      }
    }
    _ = happens(.relay(.connected))
    let first = loaded(happens(.intake(.deliveries(deliveries))))
    guard version.isAlone else {
      #expect(first == ["before", "it", "after"])
      return
    }
    #expect(first == ["before"])
    _ = happens(.loaded(Facts()))
    let next = happens(.committed(.committed))
    #expect(loaded(next) == nil)
    #expect(next.contains { if case .beginTrial = $0 { true } else { false } })
    #expect(
      loaded(happens(.trialBegun(count: try #require(version.trials))))
        == (version.isDeadLetter ? [] : ["it"]))
    let letters = sent(happens(.loaded(Facts()))).filter { $0.destination == .deadLetters }
    #expect(letters.map(\.headers.first?.value) == (version.isDeadLetter ? ["CrashLimit"] : []))
    #expect(loaded(happens(.committed(.committed))) == ["after"])
  }
}
