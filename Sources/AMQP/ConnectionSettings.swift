/// How a connection behaves, whatever it is used for.
public struct ConnectionSettings: Sendable, Hashable {
  /// The name the broker shows for the connection (`connection_name`).
  public var name: String
  /// Seconds between heartbeats, at least 1. A broker silent for two of them counts as gone.
  /// 10 to 20 is right outside of tests.
  public var heartbeatSeconds: Int
  /// The longest that connecting and logging in may take, each.
  public var connectTimeout: Duration
  /// The longest the broker may take to answer a call, and a blocked write may last.
  public var callTimeout: Duration
  /// Longest body that is kept, in bytes. A longer one is read past and delivered without bytes.
  public var longestBodyByteCount: Int
  /// Bytes of the bodies of unsettled deliveries with which a consumer reads nothing more until some are
  /// settled. TCP holds the broker up then, which ends the connection where that lasts for 30 s; the
  /// last body may go beyond.
  public var mostKeptByteCount: Int
  /// How long to wait before connecting again.
  public var backoff: ReconnectBackoff

  public init(
    name: String, heartbeatSeconds: Int = 15, connectTimeout: Duration = .seconds(10),
    callTimeout: Duration = .seconds(20), longestBodyByteCount: Int = 32 << 20,
    mostKeptByteCount: Int = 64 << 20, backoff: ReconnectBackoff = ReconnectBackoff()
  ) {
    self.name = name
    self.heartbeatSeconds = min(max(heartbeatSeconds, 1), 3_600)
    self.connectTimeout = connectTimeout
    self.callTimeout = callTimeout
    self.longestBodyByteCount = max(longestBodyByteCount, 0)
    self.mostKeptByteCount = max(mostKeptByteCount, 1)
    self.backoff = backoff
  }
}
