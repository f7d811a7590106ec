import Synchronization

/// Takes messages from the head of a queue one by one (`basic.get`) and holds each until it is
/// settled: for those who look through a queue and take out some of it.
///
/// What is held is nobody else's meanwhile. It is in its queue again, about where it was, when the
/// reader is closed or its connection ends, however it ends. The broker ends it where a message is
/// held longer than its acknowledgement time-out, 30 minutes by default.
///
/// A message that goes back counts as delivered once more (`x-delivery-count`), except from RabbitMQ
/// 4.3 on where the reader is closed in order. A queue's delivery limit drops what was delivered too
/// often, and RabbitMQ 4.x has one of 20 even for queues that were declared without: whoever reads
/// over and over has to publish a message anew before that.
public final class QueueReader: Sendable {
  /// How many acknowledgements go out before one look shows that the queue has carried them out.
  ///
  /// A channel of a quorum queue keeps back what goes beyond 32 commands under way, and with the
  /// channel's end that is forgotten.
  private static let acknowledgementCount = 16

  public let queue: String
  private let control: ReaderControl
  /// Messages that are held already, and that nobody has been handed.
  private let ahead = Mutex<[Delivery]>([])

  /// Connects, and looks for the queue.
  /// - Throws: ``AMQPError/Code/notFound`` if there is none.
  public static func open(
    _ queue: String, at address: BrokerAddress, settings: ConnectionSettings
  ) async throws(AMQPError) -> QueueReader {
    let reader = QueueReader(queue, try ReaderControl())
    let control = reader.control
    try ConnectionThread.start(named: settings.name) {
      ReaderLoop(address: address, settings: settings, control: control).run()
    }
    _ = try await reader.depth()
    return reader
  }

  private init(_ queue: String, _ control: ReaderControl) {
    self.queue = queue
    self.control = control
  }

  deinit { control.close() }

  /// How many messages are there to be taken; those held are not counted.
  public func depth() async throws(AMQPError) -> Int {
    let queue = queue
    return try await control.perform { (connection) throws(AMQPError) in
      try connection.depth(of: queue).messageCount
    }
  }

  /// Takes up to `count` messages; none only if there are no more.
  /// - Parameter byteCount: As soon as the bodies have so many bytes together, it takes no further
  ///   one.
  public func take(
    _ count: Int, byteCount: Int = 16 << 20
  ) async throws(AMQPError) -> [Delivery] {
    let queue = queue
    let first = ahead.withLock { ahead in
      defer { ahead.removeFirst(min(count, ahead.count)) }
      return Array(ahead.prefix(count))
    }
    return try await control.perform { (connection) throws(AMQPError) in
      var deliveries = first
      var bytesTaken = first.reduce(0) { $0 + $1.bodyByteCount }
      while deliveries.count < count, bytesTaken < UInt64(byteCount),
        let next = try connection.get(queue)
      {
        deliveries.append(next)
        bytesTaken += next.bodyByteCount
      }
      return deliveries
    }
  }

  /// Removes messages that are held from the queue for good, and waits until they are.
  /// - Parameter tags: Their delivery tags, each once.
  public func acknowledge(_ tags: [UInt64]) async throws(AMQPError) {
    guard !tags.isEmpty else { return }
    let queue = queue
    let taken = try await control.perform { (connection) throws(AMQPError) in
      var taken: [Delivery] = []
      var left = tags[...]
      while !left.isEmpty {
        for tag in left.prefix(Self.acknowledgementCount) {
          connection.output.acknowledge(tag, multiple: false)
        }
        left = left.dropFirst(Self.acknowledgementCount)
        // An acknowledgement has no answer; the queue answers this one when it is done with them.
        if let next = try connection.get(queue) { taken.append(next) }
      }
      return taken
    }
    ahead.withLock { $0 += taken }
  }

  /// Gives back what is held, and ends the connection.
  public func close() async {
    ahead.withLock { $0.removeAll() }
    _ = try? await control.perform { (connection) throws(AMQPError) in
      // From 4.3 on this does not count as a failed delivery, as a lost connection would.
      connection.output.nack(0, multiple: true, requeue: true)
      try connection.flush()
    }
    control.close()
    _ = await control.hasFinished.value()
  }
}
