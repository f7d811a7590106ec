import AMQP

/// Publishes a few messages at a time and waits until the broker has said what became of each.
final class ConfirmedPublisher {
  enum Fate: Sendable, Equatable {
    /// A queue has it, as durably as the queue is.
    case confirmed
    /// No queue takes it, for this reason.
    case returned(String)
  }

  private let publisher: BrokerPublisher
  private let address: BrokerAddress
  private var events: AsyncStream<PublisherEvent>.Iterator

  init(_ settings: Settings, purpose: String) async throws {
    address = try settings.brokerAddress()
    publisher = try BrokerPublisher(at: address, settings: settings.connection(for: purpose))
    events = publisher.events.makeAsyncIterator()
    try publisher.start()
    try await publisher.firstAttempt()
  }

  deinit { publisher.close() }

  /// - Parameter messages: With a token of its own each.
  /// - Returns: By token. Where it throws instead, any of them may have reached its queue.
  func publish(_ messages: [OutgoingMessage]) async throws -> [UInt64: Fate] {
    guard !messages.isEmpty else { return [:] }
    try publisher.publish(messages)
    var fates: [UInt64: Fate] = [:]
    while fates.count < messages.count {
      switch await events.next() {
      case .confirmed(let tokens)?:
        for token in tokens { fates[token] = .confirmed }
      case .returned(let returned)?:
        for message in returned {
          fates[message.token] = .returned("\(message.replyText) (\(message.replyCode))")
        }
      case .nacked?:
        throw Problem(
          .unreachable, "\(address) could not take a message; nothing is lost, try again later")
      case .disconnected(let reason, _)?:
        throw Problem(.unreachable, "\(reason) Nothing is lost; run the command again.")
      case .blocked(let reason)?:
        OutputChannel.error.line("the broker takes no messages for now (\(reason)); waiting")
      case .unblocked?, .connected?: break
      case nil: throw CancellationError()
      }
    }
    return fates
  }
}
