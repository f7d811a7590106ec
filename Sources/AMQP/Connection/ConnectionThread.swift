import Glibc

/// Starts the one thread that owns a C connection from its creation to its end.
enum ConnectionThread {
  /// librabbitmq decodes nested tables recursively, as deep as a frame of 128 KiB allows.
  private static let stackByteCount = 8 << 20

  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Runs `body` on a new, detached thread.
  static func start(named name: String, _ body: @escaping @Sendable () -> Void) throws(AMQPError) {
    ignoreBrokenPipes
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackByteCount)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let context = Unmanaged.passRetained(Body(body))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { context in
        guard let context else { return nil }
        Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard status == 0 else {
      context.release()
      throw AMQPError(
        .outOfResources, "No thread could be started for the broker connection \(name).")
    }
  }

  /// A broker that goes away while it is written to must not end the process.
  private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()
}
