/// The properties of a message (AMQP 0-9-1, class `basic`).
///
/// Strings longer than 255 bytes of UTF-8 cannot be sent.
public struct MessageProperties: Sendable, Hashable {
  public var contentType: String?
  public var contentEncoding: String?
  public var headers: HeaderTable
  /// Whether the message survives a restart of the broker (`delivery_mode` 2).
  public var isPersistent: Bool
  public var priority: UInt8?
  public var correlationID: String?
  public var replyTo: String?
  /// Time to live in milliseconds, as text.
  public var expiration: String?
  public var messageID: String?
  /// Seconds since 1970.
  public var timestamp: UInt64?
  public var type: String?
  /// The user who published it. The broker refuses a name that is not the publisher's own.
  public var userID: String?
  public var appID: String?

  public init(
    contentType: String? = nil, contentEncoding: String? = nil, headers: HeaderTable = [:],
    isPersistent: Bool = true, priority: UInt8? = nil, correlationID: String? = nil,
    replyTo: String? = nil, expiration: String? = nil, messageID: String? = nil,
    timestamp: UInt64? = nil, type: String? = nil, userID: String? = nil, appID: String? = nil
  ) {
    self.contentType = contentType
    self.contentEncoding = contentEncoding
    self.headers = headers
    self.isPersistent = isPersistent
    self.priority = priority
    self.correlationID = correlationID
    self.replyTo = replyTo
    self.expiration = expiration
    self.messageID = messageID
    self.timestamp = timestamp
    self.type = type
    self.userID = userID
    self.appID = appID
  }
}
