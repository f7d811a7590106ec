/// A difference between a ``Topology`` and the broker.
public struct TopologyProblem: Sendable, Hashable, CustomStringConvertible {
  public enum Kind: String, Sendable, Hashable {
    case missing
    /// It exists with another type or other arguments.
    case differs
    /// The user may not look, so nothing is known.
    case notAllowed
    /// It exists, but the user may not declare it, so nothing is known of its type and arguments.
    case notCompared
  }

  public var kind: Kind
  /// What it is about, such as `queue resize.requests`.
  public var subject: String
  /// The broker's words.
  public var detail: String

  public init(kind: Kind, subject: String, detail: String) {
    self.kind = kind
    self.subject = subject
    self.detail = detail
  }

  public var description: String { "\(subject): \(kind.rawValue) (\(detail))" }
}

/// How much a queue holds. Zero consumers of a queue that should have some is an alarm.
public struct QueueDepth: Sendable, Hashable {
  public var queue: String
  /// Messages ready to be delivered; those delivered and not acknowledged are not counted.
  public var messageCount: Int
  public var consumerCount: Int

  public init(queue: String, messageCount: Int, consumerCount: Int) {
    self.queue = queue
    self.messageCount = messageCount
    self.consumerCount = consumerCount
  }
}

/// What a broker says of itself when one logs in.
public struct BrokerIdentity: Sendable, Hashable {
  /// Such as `RabbitMQ`.
  public var product: String
  public var version: String
  public var clusterName: String?
  /// Names of the protocol extensions it offers, sorted.
  public var capabilities: [String]

  public init(
    product: String, version: String, clusterName: String?, capabilities: [String]
  ) {
    self.product = product
    self.version = version
    self.clusterName = clusterName
    self.capabilities = capabilities
  }
}
