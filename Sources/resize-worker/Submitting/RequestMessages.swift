import AMQP
import Contracts
import Resizing

extension IncomingEventEncoder {
  /// Writes what people and scripts send by this program.
  static let commandLine = IncomingEventEncoder(source: "/resize-worker/command-line")
}

extension IncomingEventEncoder.Message {
  /// - Parameter user: The broker account that publishes it, which the broker vouches for.
  func properties(user: String) -> MessageProperties {
    MessageProperties(
      contentType: contentType, correlationID: correlationId, messageID: id,
      timestamp: UInt64(max(Moment.now.instant.secondsSinceEpoch, 0)), type: type.rawValue,
      userID: user, appID: "resize-worker")
  }
}

extension Settings {
  /// Publishes one message to the requests queue, and returns when the broker has confirmed it, which
  /// can take for ever: it ends when its task is canceled.
  /// - Parameter replyTo: The queue that is to get the answer, beside the result exchange.
  func publish(_ event: IncomingEventEncoder.Message, replyTo: String) async throws {
    let address = try brokerAddress()
    let publisher = try BrokerPublisher(at: address, settings: connection(for: "submit"))
    defer { publisher.close() }
    try publisher.start()
    try await publisher.firstAttempt()
    var properties = event.properties(user: address.user)
    properties.replyTo = replyTo
    let message = AMQP.OutgoingMessage(
      token: 1, exchange: "", routingKey: channelNames.requests, properties: properties,
      body: event.body)
    try publisher.publish([message])
    for await outcome in publisher.events {
      switch outcome {
      case .confirmed: return
      case .nacked: try publisher.publish([message])
      case .disconnected(_, let unconfirmed):
        // Else it waits in the publisher for the next connection.
        if !unconfirmed.isEmpty { try publisher.publish([message]) }
      case .returned:
        throw Problem(
          .unreachable,
          "there is no queue \(channelNames.requests); run `resize-worker topology apply`")
      case .blocked(let reason):
        OutputChannel.error.line("the broker takes no messages for now (\(reason)); waiting")
      case .connected, .unblocked: break
      }
    }
    throw CancellationError()
  }
}
