import Resizing

/// A message that nobody can carry out, as it is kept: its bytes as they came, and why.
public struct DeadLetter: Sendable, Equatable {
  /// The body as it came.
  public var body: [UInt8]
  public var contentType: String?
  /// The AMQP property `message_id` or the event id, where there was one.
  public var messageId: String?
  public var correlationId: String?
  /// The event type, where it could be read.
  public var type: String?
  /// Why: a stable code and a sentence.
  public var reason: Reason
  public var sourceQueue: String
  /// When it was put aside first; stays what it was when a replayed message comes back.
  public var firstDeadAt: Moment
  /// How often it was put aside, 1 the first time.
  public var attempt: Int

  public init(
    body: [UInt8], contentType: String? = nil, messageId: String? = nil,
    correlationId: String? = nil, type: String? = nil, reason: Reason, sourceQueue: String,
    firstDeadAt: Moment, attempt: Int = 1
  ) {
    self.body = body
    self.contentType = contentType
    self.messageId = messageId
    self.correlationId = correlationId
    self.type = type
    self.reason = reason
    self.sourceQueue = sourceQueue
    self.firstDeadAt = firstDeadAt
    self.attempt = attempt
  }

  /// The names of the headers that carry what is not the message's own.
  public enum HeaderName {
    /// A stable code, such as `invalidJSON` or `SettlementMismatch`.
    public static let reasonCode = "x-reason-code"
    /// A sentence for people; at most 1,000 characters.
    public static let reason = "x-reason"
    public static let sourceQueue = "x-source-queue"
    /// RFC 3339.
    public static let firstDeadAt = "x-first-dead-at"
    /// Decimal digits.
    public static let attempt = "x-dead-attempt"
  }
}

extension OutgoingEventEncoder {
  /// A dead letter for the dead-letter exchange; its routing key is the queue it came from.
  ///
  /// A message without an id gets one derived from its bytes.
  public func encode(_ letter: DeadLetter) -> OutgoingEvent {
    let id = letter.messageId ?? "dead-" + String(fingerprint(of: letter.body), radix: 16)
    var firstDeadAt: [UInt8] = []
    firstDeadAt.append(rfc3339: letter.firstDeadAt)
    return OutgoingEvent(
      destination: .deadLetters, routingKey: letter.sourceQueue, id: id,
      type: letter.type ?? "", contentType: letter.contentType ?? "application/octet-stream",
      correlationId: letter.correlationId,
      headers: [
        OutgoingEvent.Header(DeadLetter.HeaderName.reasonCode, letter.reason.code),
        OutgoingEvent.Header(
          DeadLetter.HeaderName.reason, String(letter.reason.message.prefix(1_000))),
        OutgoingEvent.Header(DeadLetter.HeaderName.sourceQueue, letter.sourceQueue),
        OutgoingEvent.Header(
          DeadLetter.HeaderName.firstDeadAt, String(decoding: firstDeadAt, as: UTF8.self)),
        OutgoingEvent.Header(DeadLetter.HeaderName.attempt, String(letter.attempt)),
      ],
      body: letter.body)
  }
}
