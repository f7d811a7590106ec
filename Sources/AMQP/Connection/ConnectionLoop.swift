import CRabbitMQ
import Glibc

/// The life of a connection's thread: connect, serve, and after a failure wait and start over.
struct ConnectionLoop {
  let address: BrokerAddress
  let settings: ConnectionSettings
  let pipe: WakePipe
  let role: any ConnectionRole
  /// Opened by the outcome of the first attempt.
  let firstAttempt: Gate<Result<Void, AMQPError>>

  /// Returns when the role's owner has asked for the end.
  func run() {
    var failures = 0
    var epoch: UInt64 = 0
    var generator = SystemRandomNumberGenerator()
    while !role.isClosing {
      epoch += 1
      do throws(AMQPError) {
        let connection = try RabbitConnection(address, settings)
        try connection.openChannel()
        try role.opened(connection, epoch: epoch)
        failures = 0
        firstAttempt.open(.success(()))
        try serve(connection)
        connection.close()
      } catch {
        firstAttempt.open(.failure(error))
        role.lost(error)
        failures += 1
        let wait = settings.backoff.wait(afterFailures: failures, using: &generator)
        rest(until: .now + wait)
      }
    }
    firstAttempt.open(.failure(AMQPError(.closed, "\(settings.name) was closed.")))
    role.finished()
  }

  private func serve(_ connection: RabbitConnection) throws(AMQPError) {
    role.report()
    while true {
      // Asked before the last turn, so that what was ordered before the end is still carried out.
      let isClosing = role.isClosing
      try role.turn(on: connection)
      try connection.keepAlive()
      try connection.flush()
      role.report()
      if isClosing { return }
      let isWorthReading = try connection.wait(
        for: pipe, until: role.nextDeadline, reading: role.isReading)
      guard isWorthReading else { continue }
      do throws(AMQPError) {
        try connection.receive(
          while: { role.isReading },
          { (frame) throws(AMQPError) in try receive(frame, on: connection) })
      } catch {
        role.report()
        throw error
      }
    }
  }

  private func receive(
    _ frame: RabbitFrame, on connection: RabbitConnection
  ) throws(AMQPError) {
    switch frame {
    case .method(.channelClose(let close)):
      connection.output.method(AMQP_CHANNEL_CLOSE_OK_METHOD)
      try connection.flush()
      try role.channelClosed(close, on: connection)
    case .method(.connectionClose(let close)):
      connection.answerConnectionClose()
      throw AMQPError(close, doing: "The connection to", with: address)
    default:
      try role.received(frame, on: connection)
    }
  }

  /// Waits for the time, for the end, or until the owner asks not to wait. Other wake-ups do not
  /// shorten the wait.
  private func rest(until deadline: MonotonicTime) {
    while !role.isClosing, !role.takeRetry(), deadline.millisecondsLeft > 0 {
      var polled = pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0)
      if poll(&polled, 1, deadline.millisecondsLeft) > 0 { pipe.clear() }
    }
  }
}
