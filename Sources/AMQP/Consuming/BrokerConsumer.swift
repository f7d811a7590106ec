/// Consumes queues on a connection of its own, batch by batch, and connects again by itself.
///
/// Deliveries come as ``ConsumerEvent``s in ``events``; the prefetch of each queue bounds how many
/// are unacknowledged. Acknowledging never blocks: it may be called from anywhere, and names the
/// epoch of the delivery, so that one from an older connection is dropped and not sent. What was
/// not acknowledged when a connection ended is delivered again by the broker.
public final class BrokerConsumer: Sendable {
  /// A queue to consume.
  public struct Subscription: Sendable, Hashable {
    public var queue: String
    /// The most deliveries of this queue that are unacknowledged at a time (1 to 2,000 for quorum
    /// queues; 0, no limit, is not offered).
    public var prefetch: UInt16

    public init(queue: String, prefetch: UInt16 = 256) {
      self.queue = queue
      self.prefetch = max(prefetch, 1)
    }
  }

  /// What happens, in order. For one reader; ends after ``close()``. Empty where events are handed
  /// over as they come.
  public let events: AsyncStream<ConsumerEvent>

  private let control: ConsumerControl
  private let address: BrokerAddress
  private let settings: ConnectionSettings

  /// Does nothing before ``start()``.
  ///
  /// - Parameters:
  ///   - suspectCount: After each connecting and resuming, messages at the heads of their queues that
  ///     were delivered so often without success are taken one at a time before anything else: one
  ///     that ends the process then has no neighbours in flight, whose deliveries would be counted
  ///     like its own. Nothing is consumed with a prefetch before they are settled. Nil suspects
  ///     nothing.
  ///   - receive: is handed each event on the connection's thread, which must not wait in it; then
  ///     ``events`` is empty. It saves a busy reader one task's wake for each event.
  public init(
    _ subscriptions: [Subscription], at address: BrokerAddress, settings: ConnectionSettings,
    suspectCount: Int? = nil, receive: (@Sendable (ConsumerEvent) -> Void)? = nil
  ) throws(AMQPError) {
    for subscription in subscriptions where !(1...255).contains(subscription.queue.utf8.count) {
      throw AMQPError(
        .preconditionFailed, "The name of a queue to consume must have 1 to 255 bytes.")
    }
    let (sink, events) = EventSink.make(receive)
    self.events = events
    self.address = address
    self.settings = settings
    control = ConsumerControl(
      subscriptions, suspectCount: suspectCount, pipe: try WakePipe(), events: sink)
  }

  deinit { control.close() }

  /// Starts the connection's thread; only the first call does something.
  public func start() throws(AMQPError) {
    guard control.markStarted() else { return }
    let (control, address, settings) = (control, address, settings)
    do throws(AMQPError) {
      try ConnectionThread.start(named: settings.name) {
        ConnectionLoop(
          address: address, settings: settings, pipe: control.pipe,
          role: ConsumerRole(control, settings), firstAttempt: control.firstAttempt
        ).run()
      }
    } catch {
      control.startFailed()
      throw error
    }
  }

  /// Waits for the outcome of the first attempt to connect and subscribe.
  ///
  /// - Throws: why it failed. The consumer goes on trying unless it is closed: whether that makes
  ///   sense is said by ``AMQPError/isRetriable``.
  public func firstAttempt() async throws(AMQPError) {
    guard let result = await control.firstAttempt.value() else {
      throw AMQPError(.closed, "Waiting for the first connection was canceled.")
    }
    try result.get()
  }

  /// How many subscriptions there should be: none while paused or draining, and none of a suspended
  /// queue.
  public var expectedConsumers: Int { control.expectedConsumers }

  /// How many the broker has confirmed and not taken back. Ready is when both are equal.
  public var actualConsumers: Int { control.actualConsumers }

  /// Acknowledgements dropped because their connection is gone or they were settled before.
  public var droppedAcknowledgements: Int { control.droppedAcknowledgements }

  /// Acknowledges every delivery of the epoch up to and with this tag.
  public func acknowledge(upTo tag: UInt64, epoch: UInt64) {
    control.settle(.acknowledge(tag, epoch, multiple: true))
  }

  /// Acknowledges one delivery.
  public func acknowledge(_ tag: UInt64, epoch: UInt64) {
    control.settle(.acknowledge(tag, epoch, multiple: false))
  }

  /// Gives back one delivery that failed: to the queue, counting towards its delivery limit, or to
  /// the queue's dead-letter exchange.
  public func reject(_ tag: UInt64, epoch: UInt64, requeue: Bool) {
    control.settle(.reject(tag, epoch, requeue: requeue))
  }

  /// Gives back every delivery of the epoch up to and with this tag, as not handled.
  public func nack(upTo tag: UInt64, epoch: UInt64, requeue: Bool) {
    control.settle(.nack(tag, epoch, requeue: requeue))
  }

  /// Ends the subscriptions and hands everything unacknowledged back to the queues. Deliveries
  /// already read may still come out of ``events``; their acknowledgements will be dropped.
  public func pause() { control.setMode(.paused) }

  /// Ends the subscriptions but keeps the connection, so that what was delivered can be
  /// acknowledged.
  public func drain() { control.setMode(.draining) }

  /// Ends the subscription of one queue until it is taken up again; what was delivered of it can
  /// still be acknowledged. Holds over a reconnect, and whatever the mode.
  public func suspend(queue: String) { control.setSuspended(true, queue) }

  /// Subscribes to a suspended queue again.
  public func takeUp(queue: String) { control.setSuspended(false, queue) }

  /// Subscribes again after ``pause()`` or ``drain()``.
  public func resume() { control.setMode(.running) }

  /// Ends the wait for the next attempt to connect, where what kept the last ones from success is
  /// mended. Does nothing while connected.
  public func connectNow() { control.connectNow() }

  /// Sends the acknowledgements asked for so far, ends the connection and then ``events``.
  public func close() { control.close() }

  /// Waits until the connection has ended after ``close()``.
  public func closed() async { _ = await control.hasFinished.value() }
}
