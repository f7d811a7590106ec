import AMQP
import Contracts
import Logging
import Resizing
import Storage
import Worker

/// The worker's exchanges on a real broker.
struct BrokerRelay: RelayPublisher {
  private let publisher: BrokerPublisher
  private let names: ChannelNames
  private let appID: String
  private let logger: Logger
  private let take: @Sendable (RelayEvent) -> Void

  /// - Parameter take: Hands what the publisher did not even take to the worker; as the receiver does with what became of the rest.
  init(
    publisher: BrokerPublisher, names: ChannelNames, appID: String, logger: Logger,
    take: @escaping @Sendable (RelayEvent) -> Void
  ) {
    self.publisher = publisher
    self.names = names
    self.appID = appID
    self.logger = logger
    self.take = take
  }

  /// What hands the events of a publisher to a worker.
  static func receiver(
    _ take: @escaping @Sendable (RelayEvent) -> Void
  ) -> @Sendable (PublisherEvent) -> Void {
    { take(event(for: $0)) }
  }

  func publish(_ messages: [OutboxMessage]) {
    do {
      try publisher.publish(outgoing(messages))
    } catch {
      // Many batches wait for a broker that blocks; nobody but the worker knows of these.
      logger.warning("\(messages.count) messages are published later: \(error)")
      take(.nacked(messages.map(\.sequence)))
    }
  }

  func close() async {
    publisher.close()
    await publisher.closed()
  }

  private static func event(for event: PublisherEvent) -> RelayEvent {
    switch event {
    case .connected: .connected
    case .confirmed(let tokens): .confirmed(tokens.map { Int64(bitPattern: $0) })
    case .nacked(let tokens): .nacked(tokens.map { Int64(bitPattern: $0) })
    case .returned(let messages):
      .returned(
        messages.map { Int64(bitPattern: $0.token) },
        reason: messages.first.map { "\($0.replyCode) \($0.replyText)" } ?? "")
    case .blocked(let reason): .blocked(reason: reason)
    case .unblocked: .unblocked
    case .disconnected(let reason, let unconfirmed):
      .disconnected(
        unconfirmed: unconfirmed.map { Int64(bitPattern: $0) }, reason: "\(reason)")
    }
  }

  private func outgoing(_ messages: [OutboxMessage]) -> [AMQP.OutgoingMessage] {
    let batch = RelayedBatch(messages: messages, names: names, appID: appID)
    return messages.enumerated().map { index, message in
      AMQP.OutgoingMessage(
        token: UInt64(bitPattern: message.sequence),
        isMandatory: message.event.destination.isMandatory, index: index, of: batch)
    }
  }
}

/// Messages of the outbox as the broker gets them.
private final class RelayedBatch: OutgoingBatch {
  private let messages: [OutboxMessage]
  private let names: ChannelNames
  private let appID: String

  init(messages: [OutboxMessage], names: ChannelNames, appID: String) {
    self.messages = messages
    self.names = names
    self.appID = appID
  }

  func write(_ index: Int, to writer: inout MessageWriter) {
    let message = messages[index]
    message.event.withParts { parts in
      // An answer goes through the default exchange, which routes by the name of a queue.
      writer.publish(
        to: names.exchange(of: parts.destination),
        routingKey: parts.replyQueue ?? parts.routingKey, body: parts.body
      ) { properties in
        properties.contentType(parts.contentType)
        properties.beginHeaders()
        for (name, value) in parts.headers { properties.header(name, value) }
        if let traceparent = parts.traceparent { properties.header("traceparent", traceparent) }
        if let tracestate = parts.tracestate { properties.header("tracestate", tracestate) }
        properties.endHeaders()
        properties.persistence(true)
        if let id = parts.correlationId { properties.correlationID(id) }
        properties.messageID(parts.id)
        properties.timestamp(UInt64(clamping: message.createdAt.instant.secondsSinceEpoch))
        properties.type(parts.type)
        properties.appID(appID)
      }
    }
  }
}

extension Destination {
  /// Whether it must not be lost if nobody listens: results and metering may have no listener.
  fileprivate var isMandatory: Bool {
    switch self {
    case .payments, .commands, .deadLetters: true
    case .results, .reply, .metering: false
    }
  }
}
