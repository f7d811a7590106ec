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
  /// When it was put aside.
  public var deadAt: Moment
  /// Why it was put aside before and sent back to its queue, as it said itself.
  public var history: DeathHistory
  /// The AMQP property `reply_to`, for whoever sends the message back to its queue.
  public var replyTo: String?
  /// The account that had published it, vouched for by the broker.
  public var publisher: String?
  public var traceparent: String?
  public var tracestate: String?

  public init(
    body: [UInt8], contentType: String? = nil, messageId: String? = nil,
    correlationId: String? = nil, type: String? = nil, reason: Reason, sourceQueue: String,
    deadAt: Moment, history: DeathHistory = DeathHistory(), replyTo: String? = nil,
    publisher: String? = nil, traceparent: String? = nil, tracestate: String? = nil
  ) {
    self.body = body
    self.contentType = contentType
    self.messageId = messageId
    self.correlationId = correlationId
    self.type = type
    self.reason = reason
    self.sourceQueue = sourceQueue
    self.deadAt = deadAt
    self.history = history
    self.replyTo = replyTo
    self.publisher = publisher
    self.traceparent = traceparent
    self.tracestate = tracestate
  }

  /// When it was put aside first; stays what it was when a replayed message comes back.
  public var firstDeadAt: Moment { history.deaths.first?.at ?? deadAt }

  /// How often it was put aside, 1 the first time.
  public var attempt: Int { history.count + 1 }

  /// The id it goes by: its own or, where it came without one, one derived from its bytes.
  public var id: String { messageId ?? Self.id(of: body) }

  /// The id of a message that came without one.
  public static func id(of body: [UInt8]) -> String {
    "dead-" + String(fingerprint(of: body), radix: 16)
  }

  /// The names of the headers that carry what is not the message's own.
  public enum HeaderName {
    /// A stable code, such as `MalformedRequest` or `UntrustedPublisher`.
    public static let reasonCode = "x-reason-code"
    /// A sentence for people; at most 1,000 bytes of UTF-8.
    public static let reason = "x-reason"
    public static let sourceQueue = "x-source-queue"
    /// RFC 3339.
    public static let firstDeadAt = "x-first-dead-at"
    /// Decimal digits.
    public static let attempt = "x-dead-attempt"
    /// RFC 3339.
    public static let deadAt = "x-dead-at"
    /// The property `reply_to` as it was.
    public static let replyTo = "x-reply-to"
    /// The property `user_id` as it was: the broker lets nobody else repeat it.
    public static let publisher = "x-user-id"
    /// ``DeathHistory``, in JSON; on the message itself, too, when it was sent back to its queue.
    public static let history = "x-dead-history"

    /// All that a message does not have any more when it is sent back to its queue.
    public static let all = [
      reasonCode, reason, sourceQueue, firstDeadAt, attempt, deadAt, replyTo, publisher, history,
    ]
  }
}

extension OutgoingEventEncoder {
  /// A dead letter for the dead-letter exchange; its routing key is the queue it came from.
  ///
  /// A message without an id gets one derived from its bytes.
  public func encode(_ letter: DeadLetter) -> OutgoingEvent {
    let names = DeadLetter.HeaderName.self
    var headers = [
      OutgoingEvent.Header(names.reasonCode, letter.reason.code.cut(toBytes: 128)),
      OutgoingEvent.Header(names.reason, letter.reason.message.cut(toBytes: 1_000)),
      OutgoingEvent.Header(names.sourceQueue, letter.sourceQueue),
      OutgoingEvent.Header(names.firstDeadAt, letter.firstDeadAt.rfc3339),
      OutgoingEvent.Header(names.attempt, String(letter.attempt)),
      OutgoingEvent.Header(names.deadAt, letter.deadAt.rfc3339),
    ]
    if let replyTo = letter.replyTo { headers.append(.init(names.replyTo, replyTo)) }
    if let publisher = letter.publisher { headers.append(.init(names.publisher, publisher)) }
    if letter.history.count > 0 {
      headers.append(.init(names.history, letter.history.header))
    }
    return OutgoingEvent(
      destination: .deadLetters, routingKey: letter.sourceQueue, id: letter.id,
      type: letter.type ?? "", contentType: letter.contentType ?? "application/octet-stream",
      correlationId: letter.correlationId, traceparent: letter.traceparent,
      tracestate: letter.tracestate, headers: headers, body: letter.body)
  }
}
