import AMQP

/// Finds out which exchanges an account may write to by writing to them; no queue gets anything.
///
/// RabbitMQ asks for the permission before it looks at anything else of a message (`basic.publish` in
/// its rabbit_channel: 403 for the permission, then 404 for the exchange, then 406 for the properties),
/// and routes it last of all. What goes to the default exchange has the name of no queue. A named one may
/// have queues that are bound to every routing key: what goes there has a time to live that is no number,
/// and names another user, either of which is refused.
struct PublishingTrial {
  private static let refused: UInt16 = 403

  private let settings: Settings

  init(_ settings: Settings) { self.settings = settings }

  /// Those of the exchanges that the account may not write to; the default one has no name.
  ///
  /// A missing one counts as allowed, and so does one that is refused for a topic alone.
  func forbidden(among exchanges: [String]) async throws -> [String] {
    let address = try settings.brokerAddress()
    let publisher = try BrokerPublisher(at: address, settings: settings.connection(for: "doctor"))
    defer { publisher.close() }
    try publisher.start()
    try await publisher.firstAttempt()
    var events = publisher.events.makeAsyncIterator()
    var forbidden: [String] = []
    for (index, exchange) in exchanges.enumerated() {
      // One at a time: neighbours of a refused message would be sent twice.
      try publisher.publish([message(UInt64(index + 1), to: exchange)])
      if try await isForbidden(&events) { forbidden.append(exchange) }
    }
    return forbidden
  }

  /// What became of the message under way.
  private func isForbidden(
    _ events: inout AsyncStream<PublisherEvent>.Iterator
  ) async throws -> Bool {
    while let event = await events.next() {
      switch event {
      case .returned(let messages):
        return messages.contains {
          $0.replyCode == Self.refused && $0.replyText.contains(" access to exchange ")
        }
      case .confirmed, .nacked: return false
      case .blocked(let reason):
        throw Problem(
          .unreachable,
          "the broker takes no messages for now (\(reason)); free what it lacks, such as memory or disk"
        )
      case .disconnected(let reason, _): throw reason
      case .connected, .unblocked: break
      }
    }
    throw CancellationError()
  }

  private func message(_ token: UInt64, to exchange: String) -> OutgoingMessage {
    let name = "doctor-" + String(UInt64.random(in: .min ... .max), radix: 36)
    var properties = MessageProperties(messageID: name)
    if !exchange.isEmpty { (properties.expiration, properties.userID) = ("none", name) }
    return OutgoingMessage(
      token: token, exchange: exchange, routingKey: name, properties: properties, body: [])
  }
}
