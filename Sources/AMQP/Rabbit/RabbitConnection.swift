import CRabbitMQ
import Glibc

/// One connection of librabbitmq with one channel. It belongs to the thread that made it.
final class RabbitConnection {
  let address: BrokerAddress
  let settings: ConnectionSettings
  /// What the broker says of itself.
  let serverProperties: HeaderTable
  let frameMax: Int
  var output = OutputBuffer()
  /// Whether the broker has said that it reads nothing for now, however long that is.
  var isBlocked = false {
    didSet { limitUnread() }
  }

  private let state: amqp_connection_state_t
  private let descriptor: Int32
  private let secureSender: SecureSender?
  private let watch: Watchdog.Watch
  private let silence: Duration
  private var lastReceived = MonotonicTime.now
  private var lastSent = MonotonicTime.now
  /// Whether less was read than could be.
  private var hasLeftOff = false

  /// Connects and logs in, within the time-outs of the settings.
  init(_ address: BrokerAddress, _ settings: ConnectionSettings) throws(AMQPError) {
    guard let state = amqp_new_connection() else {
      throw AMQPError(.outOfResources, "No memory for a connection to \(address).")
    }
    var watch: Watchdog.Watch?
    do throws(AMQPError) {
      let login = RabbitLogin(address: address, settings: settings)
      try login.openSocket(state)
      let watched = try Watchdog.shared.watch(descriptor: amqp_get_sockfd(state))
      watch = watched
      watched.arm(until: .now + settings.connectTimeout * 2)
      try login.logIn(state)
      let heartbeat = max(Int(amqp_get_heartbeat(state)), 1)
      try Self.takeOverHeartbeats(state, address)
      secureSender =
        try address.tls == nil ? nil : SecureSender(frameMax: amqp_get_frame_max(state))
      silence = .seconds(2 * heartbeat)
    } catch {
      watch.map(Watchdog.shared.forget)
      amqp_destroy_connection(state)
      throw error
    }
    guard let watch else { preconditionFailure("a connection that logged in is watched") }
    self.watch = watch
    self.state = state
    self.address = address
    self.settings = settings
    descriptor = amqp_get_sockfd(state)
    frameMax = Int(amqp_get_frame_max(state))
    var reader = HeaderReader()
    serverProperties = reader.table(amqp_get_server_properties(state).pointee)
    guard frameMax >= Self.leastFrameMax else {
      throw AMQPError(
        .protocolViolation,
        "\(address) asks for frames of \(frameMax) bytes; AMQP's are \(Self.leastFrameMax) at least. "
          + "Raise frame_max in the broker's configuration.")
    }
    limitUnread()
  }

  /// The broker must take frames of this many bytes (AMQP 0-9-1, frame-min-size).
  private static let leastFrameMax = 4_096

  deinit {
    watch.arm(until: .now + .seconds(2))
    amqp_destroy_connection(state)
    Watchdog.shared.forget(watch)
  }

  /// Has the system give up a peer that takes nothing of what was sent for so long as silence may
  /// last, unless the peer has said that it does so.
  private func limitUnread() {
    var milliseconds = isBlocked ? 0 : UInt32(silence / .milliseconds(1))
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds,
      socklen_t(MemoryLayout<UInt32>.size))
  }

  /// Heartbeats are sent and watched here, so that the library never writes between two halves of
  /// a frame of ours, and they go on while nothing is read.
  private static func takeOverHeartbeats(
    _ state: amqp_connection_state_t, _ address: BrokerAddress
  ) throws(AMQPError) {
    guard amqp_release_buffers_ok(state) != 0 else {
      throw AMQPError(.connectionLost, "\(address) sent half a frame while logging in.")
    }
    let status = amqp_tune_connection(
      state, amqp_get_channel_max(state), amqp_get_frame_max(state), 0)
    guard status == AMQP_STATUS_OK.rawValue else {
      throw AMQPError(status: status, doing: "Logging in to", with: address)
    }
  }
}

extension RabbitConnection {
  /// Waits until there is something to read, room to write what is unsent, a wake-up, or time.
  /// - Parameter reading: Whether anything is to be read. Where not, the broker's silence is ours, and
  ///   only the connection's end is waited for.
  /// - Returns: Whether to call ``receive(while:_:)``.
  func wait(
    for pipe: WakePipe?, until deadline: MonotonicTime?, reading: Bool = true
  ) throws(AMQPError) -> Bool {
    watch.disarm()
    defer { watch.arm(until: .now + settings.callTimeout) }
    let wanted = Int16((reading ? POLLIN : 0) | (mayFlush ? POLLOUT : 0))
    let isMoreHeld = reading && mayHoldMore
    var polled = [
      pollfd(fd: descriptor, events: wanted, revents: 0),
      pollfd(fd: pipe?.readEnd ?? -1, events: Int16(POLLIN), revents: 0),
    ]
    let due = min(nextHeartbeat, deadline ?? nextHeartbeat)
    guard poll(&polled, 2, isMoreHeld ? 0 : due.millisecondsLeft) >= 0 || errno == EINTR else {
      throw AMQPError(.outOfResources, "poll failed for the connection to \(address).")
    }
    if polled[1].revents != 0 { pipe?.clear() }
    let isReadable = polled[0].revents & ~Int16(POLLOUT) != 0
    if isReadable || !reading { lastReceived = .now }
    return isReadable || isMoreHeld
  }

  /// Whether frames lie in memory that `poll` does not know of.
  private var mayHoldMore: Bool {
    hasLeftOff || amqp_frames_enqueued(state) != 0 || amqp_data_in_buffer(state) != 0
  }

  /// Hands over every frame that can be read without waiting, at least one, and goes on as long as more
  /// are wanted.
  func receive(
    while wantsMore: () -> Bool = { true }, _ handle: (RabbitFrame) throws(AMQPError) -> Void
  ) throws(AMQPError) {
    defer { hasLeftOff = !wantsMore() }
    var frame = amqp_frame_t()
    var noTime = timeval()
    repeat {
      let status = amqp_simple_wait_frame_noblock(state, &frame, &noTime)
      if status == AMQP_STATUS_TIMEOUT.rawValue { return }
      guard status == AMQP_STATUS_OK.rawValue else {
        throw AMQPError(status: status, doing: "The connection to", with: address)
      }
      if let frame = RabbitFrame(frame) { try handle(frame) }
      amqp_maybe_release_buffers(state)
    } while wantsMore() && (secureSender != nil || mayHoldMore)
  }

  /// Whether there is something that ``flush()`` would send. By TLS nothing is while the broker reads
  /// nothing: the library would wait for room, and hear nothing meanwhile.
  private var mayFlush: Bool { !output.isEmpty && !(isBlocked && secureSender != nil) }

  /// Sends as much as the socket takes, by TLS no more than a portion; the rest stays in ``output``.
  func flush() throws(AMQPError) {
    guard mayFlush else { return }
    if let secureSender {
      let count = try secureSender.send(output, on: state, address) {
        // The library waits for room for a frame, however long that takes: the time is each one's.
        lastSent = .now
        watch.arm(until: lastSent + settings.callTimeout)
      }
      output.markSent(count)
      return
    }
    while !output.isEmpty {
      let sent = output.withUnsent {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if sent >= 0 {
        output.markSent(sent)
        lastSent = .now
      } else if errno == EAGAIN {
        return
      } else if errno != EINTR {
        throw AMQPError(
          .connectionLost, "The connection to \(address) broke while sending (\(errno)).")
      }
    }
  }

  /// Sends a heartbeat if one is due.
  /// - Throws: ``AMQPError/Code/silentPeer`` if the broker has been silent for too long.
  func keepAlive() throws(AMQPError) {
    let now = MonotonicTime.now
    if now >= lastReceived + silence {
      throw AMQPError(
        .silentPeer,
        "\(address) has been silent for \(silence): it is overloaded, stopped, or cut off.")
    }
    if now >= lastSent + silence / 4, output.isEmpty { output.heartbeat() }
  }

  private var nextHeartbeat: MonotonicTime {
    let answer = lastReceived + silence
    return output.isEmpty ? min(lastSent + silence / 4, answer) : answer
  }

}
