import AMQP
import Contracts
import Resizing

extension FoundDeadLetter {
  /// The message as it goes back to its queue.
  ///
  /// Its id, type, body, `reply_to` and trace are what they were. It does not carry what the broker
  /// and the worker noted of its deliveries and its deaths: `x-death` would make a broker before
  /// 4.0.1 take a second death for a cycle and drop it, and counts begin anew. Nor does it carry
  /// other queues to be copied to (`CC`, `BCC`), which had their copy. The reasons so far go with it
  /// as ``DeathHistory``.
  ///
  /// - Parameters:
  ///   - user: The account that vouches for it, which has to be the publisher's; nil is nobody.
  ///   - now: When it died, if nobody says so.
  func replayed(
    from delivery: Delivery, as user: String?, at now: Moment, token: UInt64
  ) -> AMQP.OutgoingMessage {
    var properties = delivery.properties
    let names = DeadLetter.HeaderName.self
    var past = DeathHistory(properties.headers)
    past.append(
      DeathHistory.Death(reason: Reason(code: reasonCode, message: reason), at: deadAt ?? now))
    if properties.replyTo == nil { properties.replyTo = properties.headers[names.replyTo]?.string }
    if properties.headers[names.reasonCode] != nil {
      // The worker's, who put it aside; that it came without a type or a content type, too.
      properties.appID = nil
      properties.timestamp = nil
      if properties.type?.isEmpty == true { properties.type = nil }
      if properties.contentType == "application/octet-stream" { properties.contentType = nil }
    }
    properties.headers.fields.removeAll { $0.isOfDeathOrDelivery || names.all.contains($0.name) }
    properties.headers[names.history] = .string(past.header)
    properties.messageID = id
    properties.userID = user
    properties.expiration = nil
    properties.isPersistent = true
    return AMQP.OutgoingMessage(
      token: token, exchange: "", routingKey: source, properties: properties,
      body: delivery.body ?? [])
  }

  /// The dead letter anew, for the same queue, with nothing of it changed but its count of deliveries.
  func renewed(
    from delivery: Delivery, in queue: String, token: UInt64
  ) -> AMQP.OutgoingMessage {
    var properties = delivery.properties
    let names = DeadLetter.HeaderName.self
    properties.headers.fields.removeAll {
      ["x-delivery-count", "x-acquired-count", "CC", "BCC"].contains($0.name)
    }
    if let user = properties.userID { properties.headers[names.publisher] = .string(user) }
    properties.headers[names.reasonCode] = .string(reasonCode)
    properties.headers[names.reason] = .string(reason)
    properties.headers[names.sourceQueue] = .string(source)
    if let deadAt { properties.headers[names.deadAt] = .string(deadAt.rfc3339) }
    properties.messageID = id
    properties.userID = nil
    properties.expiration = nil
    properties.isPersistent = true
    return AMQP.OutgoingMessage(
      token: token, exchange: "", routingKey: queue, properties: properties,
      body: delivery.body ?? [])
  }
}

extension HeaderTable.Field {
  /// Whether it tells of former deliveries of a message, not of the message.
  fileprivate var isOfDeathOrDelivery: Bool {
    name.hasPrefix("x-death") || name.hasPrefix("x-first-death-")
      || name.hasPrefix("x-last-death-")
      || ["x-delivery-count", "x-acquired-count", "x-attempt", "CC", "BCC"].contains(name)
  }
}
