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
      try publisher.publish(messages.map(outgoing))
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

  private func outgoing(_ message: OutboxMessage) -> AMQP.OutgoingMessage {
    let event = message.event
    var headers = HeaderTable(
      event.headers.map { HeaderTable.Field(name: $0.name, value: .string($0.value)) })
    if let traceparent = event.traceparent { headers["traceparent"] = .string(traceparent) }
    if let tracestate = event.tracestate { headers["tracestate"] = .string(tracestate) }
    let (exchange, routingKey) = route(event)
    return AMQP.OutgoingMessage(
      token: UInt64(bitPattern: message.sequence), exchange: exchange, routingKey: routingKey,
      isMandatory: event.destination.isMandatory,
      properties: MessageProperties(
        contentType: event.contentType, headers: headers, correlationID: event.correlationId,
        messageID: event.id,
        timestamp: UInt64(clamping: message.createdAt.instant.secondsSinceEpoch),
        type: event.type, appID: appID),
      body: event.body)
  }

  private func route(_ event: OutgoingEvent) -> (exchange: String, routingKey: String) {
    if case .reply(let queue) = event.destination { return ("", queue) }
    return (names.exchange(of: event.destination), event.routingKey)
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
