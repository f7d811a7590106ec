/// Publishes batches with publisher confirms on a connection of its own, and connects again by
/// itself.
///
/// A message is done when its token comes in ``PublisherEvent/confirmed(_:)`` or
/// ``PublisherEvent/returned(_:)``; it is to be published again when it comes as nacked or as
/// unconfirmed. Every token that ``publish(_:)`` took comes in exactly one of these. A neighbour of
/// a message that made the broker close the channel may reach its queue twice.
public final class BrokerPublisher: Sendable {
  /// What happens, in order. For one reader; ends after ``close()``. Empty where events are handed
  /// over as they come.
  public let events: AsyncStream<PublisherEvent>

  private let control: PublisherControl
  private let address: BrokerAddress
  private let settings: ConnectionSettings
  private let windowCapacity: Int

  /// Does nothing before ``start()``.
  ///
  /// - Parameters:
  ///   - windowCapacity: the most messages that are sent and not yet confirmed.
  ///   - queueCapacity: the most messages that wait to be sent.
  ///   - receive: is handed each event on the connection's thread, which must not wait in it; then
  ///     ``events`` is empty.
  public init(
    at address: BrokerAddress, settings: ConnectionSettings, windowCapacity: Int = 2_048,
    queueCapacity: Int = 65_536, receive: (@Sendable (PublisherEvent) -> Void)? = nil
  ) throws(AMQPError) {
    let (sink, events) = EventSink.make(receive)
    self.events = events
    self.address = address
    self.settings = settings
    self.windowCapacity = max(windowCapacity, 1)
    control = PublisherControl(
      capacity: max(queueCapacity, 1), pipe: try WakePipe(), events: sink)
  }

  deinit { control.close() }

  /// Starts the connection's thread; only the first call does something.
  public func start() throws(AMQPError) {
    guard control.markStarted() else { return }
    let (control, address, settings) = (control, address, settings)
    let windowCapacity = windowCapacity
    do throws(AMQPError) {
      try ConnectionThread.start(named: settings.name) {
        ConnectionLoop(
          address: address, settings: settings, pipe: control.pipe,
          role: PublisherRole(control, windowCapacity: windowCapacity),
          firstAttempt: control.firstAttempt
        ).run()
      }
    } catch {
      control.startFailed()
      throw error
    }
  }

  /// Waits for the outcome of the first attempt to connect.
  ///
  /// - Throws: why it failed. The publisher goes on trying unless it is closed: whether that makes
  ///   sense is said by ``AMQPError/isRetriable``.
  public func firstAttempt() async throws(AMQPError) {
    guard let result = await control.firstAttempt.value() else {
      throw AMQPError(.closed, "Waiting for the first connection was canceled.")
    }
    try result.get()
  }

  /// Queues a batch; it goes out in order as the window has room. Never blocks.
  ///
  /// - Throws: ``AMQPError/Code/noRoom`` if the batch does not fit into the queue (an empty queue
  ///   takes a batch of any size), ``AMQPError/Code/closed`` after ``close()``. Then none of it
  ///   was taken.
  public func publish(_ messages: [OutgoingMessage]) throws(AMQPError) {
    try control.publish(messages)
  }

  /// How many more messages the queue takes now.
  public var room: Int { control.room }

  /// Waits until a batch of `count` fits into the queue.
  ///
  /// - Throws: ``AMQPError/Code/closed`` if the publisher or the waiting task ends before.
  public func waitForRoom(_ count: Int) async throws(AMQPError) {
    try await control.waitForRoom(count)
  }

  /// Ends the connection; what is not confirmed by then is reported as unconfirmed in a last
  /// ``PublisherEvent/disconnected(reason:unconfirmed:)``. To lose nothing, wait for the confirms
  /// before.
  public func close() { control.close() }

  /// Waits until the connection has ended after ``close()``.
  public func closed() async { _ = await control.hasFinished.value() }
}
