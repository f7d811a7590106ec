/// What happens on a consumer's connection, in order.
public enum ConsumerEvent: Sendable {
  /// Connected and subscribed. Delivery tags start anew with each epoch.
  case connected(epoch: UInt64, consumerCount: Int)
  /// Everything that was read in one wake-up, in order of delivery tags.
  case deliveries([Delivery])
  /// The broker ended the subscription of a queue (deleted, moved); it is subscribed again.
  case canceled(queue: String)
  /// After ``BrokerConsumer/pause()`` or ``BrokerConsumer/drain()``: no delivery follows before
  /// a ``BrokerConsumer/resume()``.
  case quiesced
  /// The connection is gone; acknowledgements of its epoch are dropped from here on. Connecting
  /// again goes on by itself, except after ``BrokerConsumer/close()``.
  case disconnected(reason: AMQPError)
}
