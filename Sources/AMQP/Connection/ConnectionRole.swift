/// What a long-lived connection is for. All of it is called on the connection's thread.
protocol ConnectionRole: AnyObject {
  /// Whether the owner has asked for the end.
  var isClosing: Bool { get }

  /// Whether the owner has asked not to wait for the next attempt to connect; asked for once.
  func takeRetry() -> Bool

  /// When ``turn(on:)`` must be called again even if nothing happens.
  var nextDeadline: MonotonicTime? { get }

  /// Whether what the broker sends is to be read; asked again after each frame and each turn.
  var isReading: Bool { get }

  /// A connection is there, with its channel open: subscribe, or ask for confirms.
  func opened(_ connection: RabbitConnection, epoch: UInt64) throws(AMQPError)

  /// Something may have changed: carry out what the owner asked for, fill the output.
  func turn(on connection: RabbitConnection) throws(AMQPError)

  func received(_ frame: RabbitFrame, on connection: RabbitConnection) throws(AMQPError)

  /// The broker closed the channel, which was answered. Throws to give up the connection.
  func channelClosed(_ close: ServerClose, on connection: RabbitConnection) throws(AMQPError)

  /// Everything that could be read has been handed over: tell the owner.
  func report()

  /// The connection could not be opened, or is gone.
  func lost(_ error: AMQPError)

  /// Nothing will follow.
  func finished()
}

extension ConnectionRole {
  func takeRetry() -> Bool { false }
  var isReading: Bool { true }
}
