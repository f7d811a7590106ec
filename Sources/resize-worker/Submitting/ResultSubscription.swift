import AMQP
import Contracts

/// Follows the result exchange through a queue of its own, which goes when it is not used for five
/// minutes.
struct ResultSubscription: Sendable {
  private let consumer: BrokerConsumer
  private let client: TopologyClient
  private let topology: Topology
  /// May be named as `reply_to` of a message: its answers come here, too.
  let queue: String

  /// Subscribes; every status that is published after this returns will be seen.
  /// - Parameter routingKey: Which statuses, as `<tenantId>.<status>`; `#` for all.
  init(_ settings: Settings, routingKey: String = "#") async throws(AMQPError) {
    let names = settings.channelNames
    queue = "\(names.results).command-line-" + String(UInt64.random(in: .min ... .max), radix: 36)
    client = try settings.topologyClient()
    topology = Topology(
      queues: [Topology.Queue(name: queue, arguments: ["x-expires": 300_000])],
      bindings: [Topology.Binding(exchange: names.results, queue: queue, routingKey: routingKey)])
    try await client.declare(topology)
    consumer = try BrokerConsumer(
      [BrokerConsumer.Subscription(queue: queue, prefetch: 1_000)],
      at: try settings.brokerAddress(), settings: settings.connection(for: "results"))
    try consumer.start()
    try await consumer.firstAttempt()
  }

  /// Takes statuses in order until one of them is what was looked for.
  ///
  /// A lost connection is found again, and a queue that has gone is declared anew. What was published
  /// meanwhile may be missed, so people are told.
  ///
  /// - Returns: That one; nil if the subscription, or the task, ended before.
  @discardableResult
  func first(where isWanted: (StatusMessage) -> Bool) async -> StatusMessage? {
    var isLost = false
    for await event in consumer.events {
      switch event {
      case .deliveries(let deliveries):
        if let wanted = statuses(in: deliveries).first(where: isWanted) { return wanted }
        if let last = deliveries.last {
          consumer.acknowledge(upTo: last.deliveryTag, epoch: last.epoch)
        }
      case .disconnected(let reason):
        if !isLost { tell(reason) }
        isLost = true
        if reason.code == .notFound { await declareAnew() }
      case .connected: isLost = false
      case .canceled, .quiesced: break
      }
    }
    return nil
  }

  private func statuses(in deliveries: [Delivery]) -> some Sequence<StatusMessage> {
    deliveries.lazy.compactMap { delivery in
      var status = delivery.body.flatMap(StatusMessage.init)
      status?.isReply = delivery.exchange.isEmpty
      return status
    }
  }

  private func tell(_ reason: AMQPError) {
    OutputChannel.error.line(
      "\(reason.message.printable) Connecting again; statuses may be missed meanwhile.")
  }

  /// Tried again with each attempt to consume, as long as it does not work out.
  private func declareAnew() async {
    guard (try? await client.declare(topology)) != nil else { return }
    consumer.connectNow()
  }

  /// Ends the subscription and deletes its queue.
  func close() async {
    consumer.close()
    await consumer.closed()
    // Left behind, the queue goes by itself.
    _ = try? await client.delete(queue: queue)
  }
}
