import Contracts
import Resizing

/// Between the wire and the domain: reads deliveries, writes what a decision sends.
public struct MessageTranslator: Sendable {
  private let encoder: OutgoingEventEncoder
  let names: ChannelNames

  public init(encoder: OutgoingEventEncoder, names: ChannelNames) {
    self.encoder = encoder
    self.names = names
  }

  /// Reads a delivery; what cannot be acted on becomes an item that is buried instead.
  func read(_ delivery: IntakeDelivery, _ settings: WorkerSettings) -> BatchItem {
    let context = RequestContext(
      replyTo: delivery.replyTo, traceparent: delivery.traceparent,
      tracestate: delivery.tracestate)
    do throws(UnreadableMessage) {
      try admit(delivery, settings)
      let event = try event(in: delivery, context)
      guard delivery.queue.carries(event.input) else {
        throw unreadable(
          delivery, "UnexpectedType",
          "\(event.type.rawValue) does not belong into \(queueName(delivery.queue)); "
            + "send it to the queue that it is for")
      }
      return BatchItem(content: .input(event.input, eventId: event.id), delivery: delivery)
    } catch {
      return BatchItem(content: .unreadable(error), delivery: delivery)
    }
  }

  /// Reads a delivery on trial, unless it has ended more workers than may be.
  ///
  /// Once more than that it ended one that only looked for whom to tell: then it is not looked into.
  func read(
    _ delivery: IntakeDelivery, triedBefore count: Int, _ settings: WorkerSettings
  ) -> BatchItem {
    guard count >= settings.crashLimit else { return read(delivery, settings) }
    let message =
      "its workers ended out of order \(count) times while they were at it alone; see their logs"
    let poison =
      count == settings.crashLimit
      ? unreadable(delivery, "CrashLimit", message)
      : UnreadableMessage(reason: Reason(code: "CrashLimit", message: message), isAnswered: false)
    return BatchItem(content: .unreadable(poison), delivery: delivery)
  }

  /// The messages that an emission becomes.
  func events(
    for emission: Emission, context: RequestContext, worker: String, at now: Moment
  ) -> [OutgoingEvent] {
    encoder.encode(emission, context: context, worker: worker, at: now)
  }

  /// The message that keeps a delivery's bytes and the reason for what was done with it.
  func deadLetter(
    _ delivery: IntakeDelivery, _ unreadable: UnreadableMessage, at now: Moment
  ) -> OutgoingEvent {
    encoder.encode(
      DeadLetter(
        body: delivery.body ?? [], contentType: delivery.contentType,
        messageId: delivery.messageId,
        correlationId: delivery.correlationId ?? unreadable.requestId, type: delivery.type,
        reason: unreadable.reason, sourceQueue: queueName(delivery.queue), deadAt: now,
        history: delivery.deathHistory.flatMap(DeathHistory.init) ?? DeathHistory(),
        replyTo: delivery.replyTo, publisher: delivery.userId,
        traceparent: delivery.traceparent, tracestate: delivery.tracestate))
  }

  private func queueName(_ queue: IntakeQueue) -> String {
    switch queue {
    case .requests: names.requests
    case .settlements: names.settlements
    case .applied: names.applied
    case .inventory: names.inventory
    }
  }
}

// What is not even read.
extension MessageTranslator {
  private func admit(
    _ delivery: IntakeDelivery, _ settings: WorkerSettings
  ) throws(UnreadableMessage) {
    guard delivery.body != nil, delivery.bodyLength <= settings.messageBytes else {
      throw unreadable(
        delivery, "MessageTooLarge",
        "the body has \(delivery.bodyLength) bytes, at most \(settings.messageBytes) are read")
    }
    guard let trusted = settings.trustedPublishers[delivery.queue], !trusted.isEmpty else { return }
    guard let user = delivery.userId, trusted.contains(user) else {
      throw unreadable(
        delivery, "UntrustedPublisher",
        "it was published by \(delivery.userId ?? "somebody who gave no user_id"), who is not trusted "
          + "with \(queueName(delivery.queue)); see the settings trust.*")
    }
  }

  private func event(
    in delivery: IntakeDelivery, _ context: RequestContext
  ) throws(UnreadableMessage) -> IncomingEvent {
    do throws(ContractViolation) {
      return try IncomingMessage.decode(
        delivery.body ?? [], contentType: delivery.contentType, context: context)
    } catch {
      throw UnreadableMessage(
        reason: Reason(.malformedRequest, "\(error)"),
        requestId: error.identity.requestId(orFrom: delivery.correlationId),
        tenantId: error.identity.tenantId, instanceId: error.identity.instanceId,
        isAnswered: delivery.queue == .requests)
    }
  }

  private func unreadable(
    _ delivery: IntakeDelivery, _ code: String, _ message: String
  ) -> UnreadableMessage {
    let identity = MessageIdentity(searching: delivery.body ?? [])
    return UnreadableMessage(
      reason: Reason(code: code, message: message),
      requestId: identity.requestId(orFrom: delivery.correlationId), tenantId: identity.tenantId,
      instanceId: identity.instanceId,
      isAnswered: delivery.queue == .requests)
  }
}

extension IntakeQueue {
  /// Whether an input may come through this queue: who may ask for a resize must not be able to settle its payment.
  fileprivate func carries(_ input: ResizeInput) -> Bool {
    switch (self, input) {
    case (.requests, .requested), (.requests, .cancelRequested),
      (.settlements, .paymentSettled), (.settlements, .refundSettled),
      (.applied, .applied), (.inventory, .instanceChanged):
      true
    default:
      false
    }
  }
}
