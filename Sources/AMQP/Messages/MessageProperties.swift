/// The properties of a message (AMQP 0-9-1, class `basic`).
///
/// Strings longer than 255 bytes of UTF-8 cannot be sent. Of a delivery, those that are not UTF-8 are nil.
public struct MessageProperties: Sendable, Hashable {
  // Not where the protocol has them: the memberwise initializer must differ from the public one.
  public var headers: HeaderTable
  public var contentType: String?
  public var contentEncoding: String?
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
}

extension MessageProperties {
  public init(
    contentType: String? = nil, contentEncoding: String? = nil, headers: HeaderTable = [:],
    isPersistent: Bool = true, priority: UInt8? = nil, correlationID: String? = nil,
    replyTo: String? = nil, expiration: String? = nil, messageID: String? = nil,
    timestamp: UInt64? = nil, type: String? = nil, userID: String? = nil, appID: String? = nil
  ) {
    // By the memberwise initializer, which moves: one that sets field by field ends with a copy of
    // them all, a dozen references to count.
    self.init(
      headers: headers, contentType: contentType, contentEncoding: contentEncoding,
      isPersistent: isPersistent, priority: priority, correlationID: correlationID,
      replyTo: replyTo, expiration: expiration, messageID: messageID, timestamp: timestamp,
      type: type, userID: userID, appID: appID)
  }
}
