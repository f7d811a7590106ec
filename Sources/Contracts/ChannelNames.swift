/// The names of an installation's queues and exchanges; a prefix of its own lets several share one broker.
public struct ChannelNames: Sendable, Equatable {
  /// Of a name's 255 bytes (AMQP 0-9-1, short strings) the prefix may have these: the longest name
  /// made of it is that of the queue with which `doctor` tries what its account may do.
  public static let longestPrefixByteCount = 255 - ".doctor-".utf8.count - 13

  public let prefix: String

  /// - Parameter prefix: `resize` unless the configuration says otherwise.
  public init(prefix: String = "resize") {
    self.prefix = prefix
  }

  // Queues that the worker consumes.
  public var requests: String { prefix + ".requests" }
  public var settlements: String { prefix + ".settlements" }
  public var applied: String { prefix + ".applied" }
  public var inventory: String { prefix + ".inventory" }

  // Topic exchanges that it publishes to. `payments` and `commands` have a queue of the same name bound to all keys, so that nothing
  // is lost before the other side exists.
  public var results: String { prefix + ".results" }
  public var payments: String { prefix + ".payments" }
  public var commands: String { prefix + ".commands" }
  public var metering: String { prefix + ".metering" }

  /// The fanout exchange and the queue of the dead letters.
  public var deadLetters: String { prefix + ".dead-letters" }

  /// The exchange of a destination; the default one for answers, which go straight to a queue.
  public func exchange(of destination: Destination) -> String {
    switch destination {
    case .results: results
    case .reply: ""
    case .payments: payments
    case .commands: commands
    case .metering: metering
    case .deadLetters: deadLetters
    }
  }
}
