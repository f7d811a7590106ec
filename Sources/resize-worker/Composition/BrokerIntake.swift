import AMQP
import Contracts
import Worker

/// The worker's queues on a real broker.
struct BrokerIntake: IntakeSource {
  let consumer: BrokerConsumer
  let requests: String

  init(consumer: BrokerConsumer, names: ChannelNames) {
    self.consumer = consumer
    requests = names.requests
  }

  /// What puts the events of a consumer into a worker's mailbox.
  static func receiver(
    _ names: ChannelNames, _ mailbox: EventMailbox
  ) -> @Sendable (ConsumerEvent) -> Void {
    let queues: [String: IntakeQueue] = [
      names.requests: .requests, names.settlements: .settlements, names.applied: .applied,
      names.inventory: .inventory,
    ]
    return { event in
      if let event = Self.event(for: event, queues) { mailbox.put(.intake(event)) }
    }
  }

  /// The queues to consume, each with the same prefetch.
  static func subscriptions(
    _ names: ChannelNames, prefetch: UInt16
  ) -> [BrokerConsumer.Subscription] {
    [names.requests, names.settlements, names.applied, names.inventory].map {
      BrokerConsumer.Subscription(queue: $0, prefetch: prefetch)
    }
  }

  func acknowledge(upTo tag: UInt64, epoch: UInt64) {
    consumer.acknowledge(upTo: tag, epoch: epoch)
  }
  func reject(tag: UInt64, epoch: UInt64) { consumer.reject(tag, epoch: epoch, requeue: false) }
  func pause() { consumer.pause() }
  func resume() { consumer.resume() }
  func holdRequests() { consumer.suspend(queue: requests) }
  func takeRequests() { consumer.takeUp(queue: requests) }
  func drain() { consumer.drain() }

  func close() async {
    consumer.close()
    await consumer.closed()
  }

  private static func event(
    for event: ConsumerEvent, _ queues: [String: IntakeQueue]
  ) -> IntakeEvent? {
    switch event {
    case .connected(let epoch, _): .connected(epoch: epoch)
    case .deliveries(let deliveries):
      .deliveries(deliveries.compactMap { intakeDelivery($0, queues) })
    case .disconnected(let reason): .disconnected(reason: "\(reason)")
    case .canceled, .quiesced: nil
    }
  }

  /// What the worker knows of a message; everything of it can be sent again.
  ///
  /// A property that is not UTF-8 counts as left out (``MessageProperties``): without `reply_to` nobody is answered beside the result
  /// exchange, without `message_id` a dead letter gets an id of its own, without `user_id` nobody is trusted.
  /// - Returns: Nil for a queue that is none of the worker's.
  static func intakeDelivery(
    _ delivery: Delivery, _ queues: [String: IntakeQueue]
  ) -> IntakeDelivery? {
    guard let queue = queues[delivery.queue] else { return nil }
    let headers = delivery.properties.headers
    let trace = TraceContext(
      traceparent: headers["traceparent"]?.string, tracestate: headers["tracestate"]?.string)
    return IntakeDelivery(
      queue: queue, tag: delivery.deliveryTag, epoch: delivery.epoch,
      redelivered: delivery.isRedelivered, deliveryCount: delivery.deliveryCount,
      isCounted: delivery.isCounted, contentType: delivery.properties.contentType,
      messageId: delivery.properties.messageID,
      correlationId: delivery.properties.correlationID, type: delivery.properties.type,
      replyTo: delivery.properties.replyTo, userId: delivery.properties.userID,
      traceparent: trace.traceparent, tracestate: trace.tracestate,
      deathHistory: headers[DeadLetter.HeaderName.history]?.string, body: delivery.body,
      bodyLength: Int(clamping: delivery.bodyByteCount))
  }
}
