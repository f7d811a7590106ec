import AMQP
import Contracts

/// Follows the result exchange through a queue of its own, which goes when it is not used for five
/// minutes.
struct ResultSubscription: Sendable {
  private let consumer: BrokerConsumer
  private let client: TopologyClient
  /// May be named as `reply_to` of a message: its answers come here, too.
  let queue: String

  /// Subscribes; every status that is published after this returns will be seen.
  /// - Parameter routingKey: Which statuses, as `<tenantId>.<status>`; `#` for all.
  init(_ settings: Settings, routingKey: String = "#") async throws(AMQPError) {
    let names = settings.channelNames
    queue = "\(names.results).command-line-" + String(UInt64.random(in: .min ... .max), radix: 36)
    client = try settings.topologyClient()
    try await client.declare(
      Topology(
        queues: [Topology.Queue(name: queue, arguments: ["x-expires": 300_000])],
        bindings: [
          Topology.Binding(exchange: names.results, queue: queue, routingKey: routingKey)
        ]))
    consumer = try BrokerConsumer(
      [BrokerConsumer.Subscription(queue: queue, prefetch: 1_000)],
      at: try settings.brokerAddress(), settings: settings.connection(for: "results"))
    try consumer.start()
    try await consumer.firstAttempt()
  }

  /// Takes statuses in order until one of them is what was looked for.
  /// - Returns: That one; nil if the subscription, or the task, ended before.
  @discardableResult
  func first(where isWanted: (StatusMessage) -> Bool) async -> StatusMessage? {
    for await event in consumer.events {
      guard case .deliveries(let deliveries) = event, let last = deliveries.last else { continue }
      for delivery in deliveries {
        guard var status = delivery.body.flatMap(StatusMessage.init) else { continue }
        status.isReply = delivery.exchange.isEmpty
        if isWanted(status) { return status }
      }
      consumer.acknowledge(upTo: last.deliveryTag, epoch: last.epoch)
    }
    return nil
  }

  /// Ends the subscription and deletes its queue.
  func close() async {
    consumer.close()
    await consumer.closed()
    // Left behind, the queue goes by itself.
    _ = try? await client.delete(queue: queue)
  }
}
