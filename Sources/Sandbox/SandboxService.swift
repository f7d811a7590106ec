import AMQP
import Contracts
import Foundation
import Logging
import Resizing
import Synchronization

typealias BrokerMessage = AMQP.OutgoingMessage

/// A payment service and a control plane, simulated, on the queues of a real broker.
///
/// It keeps everything in memory: who stops it loses which keys have moved money. The journal keeps a line for each movement.
public struct SandboxService: Sendable {
  private let consumer: BrokerConsumer
  private let publisher: BrokerPublisher
  private let names: ChannelNames
  private let user: String
  private let faults: SandboxFaults
  private let journal: MovementJournal?
  private let logger: Logger

  /// - Parameters:
  ///   - user: The broker account, which vouches for the answers as their `user_id`.
  ///   - journal: Where movements are noted; nil notes none.
  public init(
    consumer: BrokerConsumer, publisher: BrokerPublisher, names: ChannelNames, user: String,
    faults: SandboxFaults, journal: MovementJournal?, logger: Logger
  ) {
    self.consumer = consumer
    self.publisher = publisher
    self.names = names
    self.user = user
    self.faults = faults
    self.journal = journal
    self.logger = logger
  }

  /// The queues that the simulated services consume.
  public static func queues(_ names: ChannelNames) -> [String] { [names.payments, names.commands] }

  /// Answers until the consumer is closed.
  /// - Returns: Every movement of money, oldest first.
  /// - Throws: `MovementJournalError`; nobody was told of movements that are not in the journal.
  public func run() async throws -> [SimulatedMovement] {
    let outbound = OutboundMessages()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      defer {
        publisher.close()
        group.cancelAll()
      }
      group.addTask { await follow(outbound) }
      var services = SimulatedServices(faults: faults)
      var token: UInt64 = 0
      for await event in consumer.events {
        guard case .deliveries(let deliveries) = event, let last = deliveries.last else { continue }
        let answers = deliveries.flatMap { replies(to: $0, &services) }
        try journal?.append(services.payments.movements)
        for reply in answers {
          token += 1
          let message = outgoing(reply, token: token)
          outbound.add(message)
          group.addTask { await send(message, after: reply.delay) }
        }
        consumer.acknowledge(upTo: last.deliveryTag, epoch: last.epoch)
      }
      return services.payments.movements
    }
  }

  /// Sends again what the broker did not confirm.
  private func follow(_ outbound: OutboundMessages) async {
    for await event in publisher.events {
      switch event {
      case .confirmed(let tokens):
        outbound.confirm(tokens)
      case .nacked(let tokens), .disconnected(_, let tokens):
        let again = outbound.messages(tokens)
        if !again.isEmpty { try? publisher.publish(again) }
      case .returned(let returned):
        logger.warning("an answer found no queue: \(returned.first?.replyText ?? "")")
      case .connected, .blocked, .unblocked:
        break
      }
    }
  }

  private func send(_ message: BrokerMessage, after delay: Int64) async {
    if delay > 0 {
      // The wait is the fault that is simulated; a stop ends it early.
      try? await Task.sleep(for: .milliseconds(delay))  // sound: bounded by --delay
    }
    do { try publisher.publish([message]) } catch { logger.warning("an answer was lost: \(error)") }
  }

  private func replies(
    to delivery: Delivery, _ services: inout SimulatedServices
  ) -> [SandboxReply] {
    let now = Moment(millisecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1_000))
    do {
      return try services.replies(to: delivery.body ?? [], at: now)
    } catch {
      logger.warning("a message of type \(delivery.properties.type ?? "?") has no answer: \(error)")
      return []
    }
  }

  private func outgoing(_ reply: SandboxReply, token: UInt64) -> BrokerMessage {
    let queue =
      switch reply.sender {
      case .paymentService: names.settlements
      case .controlPlane: names.applied
      }
    return BrokerMessage(
      token: token, exchange: "", routingKey: queue,
      properties: MessageProperties(
        contentType: reply.message.contentType, correlationID: reply.message.correlationId,
        messageID: reply.message.id, type: reply.message.type.rawValue, userID: user,
        appID: "sandbox"),
      body: reply.message.body)
  }
}

/// Answers that the broker has not confirmed yet.
private final class OutboundMessages: Sendable {
  private let messages = Mutex<[UInt64: BrokerMessage]>([:])

  func add(_ message: BrokerMessage) { messages.withLock { $0[message.token] = message } }

  func confirm(_ tokens: [UInt64]) {
    messages.withLock { messages in for token in tokens { messages[token] = nil } }
  }

  func messages(_ tokens: [UInt64]) -> [BrokerMessage] {
    messages.withLock { messages in tokens.compactMap { messages[$0] } }
  }
}
