/// Where a connection's thread tells what happens.
struct EventSink<Event: Sendable>: Sendable {
  let yield: @Sendable (Event) -> Void
  let finish: @Sendable () -> Void

  /// Events are handed to `receive`, on the connection's thread.
  init(_ receive: @escaping @Sendable (Event) -> Void) {
    yield = receive
    finish = {}
  }

  /// Events wait in a stream until they are read.
  init(_ stream: AsyncStream<Event>.Continuation) {
    yield = { stream.yield($0) }
    finish = { stream.finish() }
  }

  /// The sink that hands events to `receive` where there is one, and the stream that gets them
  /// otherwise and ends at once where it does not.
  static func make(
    _ receive: (@Sendable (Event) -> Void)?
  ) -> (sink: EventSink, stream: AsyncStream<Event>) {
    let (stream, continuation) = AsyncStream.makeStream(of: Event.self)
    guard let receive else { return (EventSink(continuation), stream) }
    continuation.finish()
    return (EventSink(receive), stream)
  }
}
