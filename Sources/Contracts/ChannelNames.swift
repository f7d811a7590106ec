/// The names of an installation's queues and exchanges; a prefix of its own lets several share one broker.
public struct ChannelNames: Sendable, Equatable {
  /// Of a name's 255 bytes (AMQP 0-9-1, short strings) the prefix may have these: the longest name
  /// made of it is that of the queue with which `doctor` tries what its account may do.
  public static let longestPrefixByteCount = 255 - ".doctor-".utf8.count - 13

  public let prefix: String

  // Queues that the worker consumes.
  public let requests: String
  public let settlements: String
  public let applied: String
  public let inventory: String

  // Topic exchanges that it publishes to. `payments` and `commands` have a queue of the same name bound to all keys, so that nothing
  // is lost before the other side exists.
  public let results: String
  public let payments: String
  public let commands: String
  public let metering: String

  /// The fanout exchange and the queue of the dead letters.
  public let deadLetters: String

  /// Puts the names together, once and not for each message.
  /// - Parameter prefix: `resize` unless the configuration says otherwise.
  public init(prefix: String = "resize") {
    self.prefix = prefix
    requests = prefix + ".requests"
    settlements = prefix + ".settlements"
    applied = prefix + ".applied"
    inventory = prefix + ".inventory"
    results = prefix + ".results"
    payments = prefix + ".payments"
    commands = prefix + ".commands"
    metering = prefix + ".metering"
    deadLetters = prefix + ".dead-letters"
  }

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
