/// The exchanges, queues and bindings an application needs on its broker.
public struct Topology: Sendable, Hashable {
  public struct Exchange: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
      case direct, fanout, topic, headers
    }

    public var name: String
    public var kind: Kind
    public var isDurable: Bool
    public var isAutoDelete: Bool
    public var isInternal: Bool
    public var arguments: HeaderTable

    public init(
      name: String, kind: Kind, isDurable: Bool = true, isAutoDelete: Bool = false,
      isInternal: Bool = false, arguments: HeaderTable = [:]
    ) {
      self.name = name
      self.kind = kind
      self.isDurable = isDurable
      self.isAutoDelete = isAutoDelete
      self.isInternal = isInternal
      self.arguments = arguments
    }
  }

  public struct Queue: Sendable, Hashable {
    public var name: String
    public var isDurable: Bool
    public var isExclusive: Bool
    public var isAutoDelete: Bool
    public var arguments: HeaderTable

    public init(
      name: String, isDurable: Bool = true, isExclusive: Bool = false, isAutoDelete: Bool = false,
      arguments: HeaderTable = [:]
    ) {
      self.name = name
      self.isDurable = isDurable
      self.isExclusive = isExclusive
      self.isAutoDelete = isAutoDelete
      self.arguments = arguments
    }

    /// A replicated, durable queue.
    ///
    /// - Parameters:
    ///   - deliveryLimit: how often a message may come back before it is a dead letter. Set it:
    ///     RabbitMQ 3.x knows no limit, 4.x drops after 20.
    ///   - deadLetterTo: exchange and routing key for dead letters, moved at least once (which
    ///     needs, and gets, `overflow` = `reject-publish`).
    public static func quorum(
      _ name: String, deliveryLimit: Int? = nil,
      deadLetterTo: (exchange: String, routingKey: String)? = nil, arguments: HeaderTable = [:]
    ) -> Queue {
      var all: HeaderTable = ["x-queue-type": "quorum"]
      if let deliveryLimit { all["x-delivery-limit"] = .int(Int64(deliveryLimit)) }
      if let deadLetterTo {
        all["x-dead-letter-exchange"] = .string(deadLetterTo.exchange)
        all["x-dead-letter-routing-key"] = .string(deadLetterTo.routingKey)
        all["x-dead-letter-strategy"] = "at-least-once"
        all["x-overflow"] = "reject-publish"
      }
      for field in arguments.fields { all[field.name] = field.value }
      return Queue(name: name, arguments: all)
    }
  }

  /// A queue gets what an exchange receives under a routing key.
  public struct Binding: Sendable, Hashable {
    public var exchange: String
    public var queue: String
    public var routingKey: String
    public var arguments: HeaderTable

    public init(
      exchange: String, queue: String, routingKey: String, arguments: HeaderTable = [:]
    ) {
      self.exchange = exchange
      self.queue = queue
      self.routingKey = routingKey
      self.arguments = arguments
    }
  }

  public var exchanges: [Exchange]
  public var queues: [Queue]
  public var bindings: [Binding]

  public init(exchanges: [Exchange] = [], queues: [Queue] = [], bindings: [Binding] = []) {
    self.exchanges = exchanges
    self.queues = queues
    self.bindings = bindings
  }
}
