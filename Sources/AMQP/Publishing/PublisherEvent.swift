/// What became of published messages, and of the connection they go out on.
public enum PublisherEvent: Sendable, Hashable {
  case connected(epoch: UInt64)
  /// The broker has taken responsibility for these; none of them was returned.
  case confirmed([UInt64])
  /// The broker could not take these: publish them again.
  case nacked([UInt64])
  /// These reached no queue and never will as they are.
  case returned([ReturnedMessage])
  /// The broker takes nothing for now (memory or disk alarm). Messages wait in the queue.
  case blocked(reason: String)
  case unblocked
  /// The connection is gone. The fate of `unconfirmed` is unknown: publish them again under the
  /// same message ids. Messages that had not been sent yet stay queued for the next connection;
  /// after ``BrokerPublisher/close()`` they are among the unconfirmed.
  case disconnected(reason: AMQPError, unconfirmed: [UInt64])
}

/// A message that the broker gave back or refused, or that could not be sent at all.
public struct ReturnedMessage: Sendable, Hashable {
  public var token: UInt64
  /// 312 if no queue is bound, 404 for a missing exchange, 403 for a missing permission, 406 for
  /// a broken limit, 0 if it does not fit into AMQP's fields.
  public var replyCode: UInt16
  public var replyText: String

  public init(token: UInt64, replyCode: UInt16, replyText: String) {
    self.token = token
    self.replyCode = replyCode
    self.replyText = replyText
  }
}
