import AMQP
import Contracts

/// Puts requests into a queue of the broker, confirmed.
struct BenchFeed: Sendable {
  private static let chunkLength = 500

  let address: BrokerAddress
  let connection: ConnectionSettings
  let queue: String

  init(_ site: BenchSite) throws(AMQPError) {
    address = try site.settings.brokerAddress()
    connection = site.settings.connection(for: "bench")
    queue = site.names.requests
  }

  func message(_ message: IncomingEventEncoder.Message, token: Int) -> AMQP.OutgoingMessage {
    AMQP.OutgoingMessage(
      token: UInt64(token), exchange: "", routingKey: queue,
      properties: message.properties(user: address.user), body: message.body)
  }

  /// Returns when the broker has confirmed the last one.
  func fill(_ messages: [IncomingEventEncoder.Message]) async throws {
    let publisher = try BrokerPublisher(at: address, settings: connection)
    defer { publisher.close() }
    try publisher.start()
    try await publisher.firstAttempt()
    try await withThrowingTaskGroup { group in
      group.addTask {
        for start in stride(from: 0, to: messages.count, by: Self.chunkLength) {
          let chunk = start..<min(start + Self.chunkLength, messages.count)
          try await publisher.waitForRoom(chunk.count)
          try publisher.publish(chunk.map { self.message(messages[$0], token: $0) })
        }
      }
      group.addTask {
        var confirmed = 0
        for await event in publisher.events where confirmed < messages.count {
          switch event {
          case .confirmed(let tokens):
            confirmed += tokens.count
            if confirmed == messages.count { return }
          case .disconnected(let reason, _): throw reason
          case .nacked, .returned:
            throw Problem(.didNotWorkOut, "the broker did not take the requests of the benchmark")
          case .connected, .blocked, .unblocked: break
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
