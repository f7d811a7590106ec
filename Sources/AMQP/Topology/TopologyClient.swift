import CRabbitMQ

/// Declares, compares, empties and deletes exchanges and queues. Each call opens a connection of its own,
/// does its work, and closes it.
public struct TopologyClient: Sendable {
  private let address: BrokerAddress
  private let settings: ConnectionSettings

  public init(at address: BrokerAddress, settings: ConnectionSettings) {
    self.address = address
    self.settings = settings
  }

  /// Logs in, opens a channel, and tells who answered.
  public func probe() async throws(AMQPError) -> BrokerIdentity {
    try await connected { (connection) throws(AMQPError) in
      try connection.openChannel()
      let properties = connection.serverProperties
      var capabilities: [String] = []
      if case .table(let table)? = properties["capabilities"] {
        capabilities = table.fields.filter { $0.value == .bool(true) }.map(\.name).sorted()
      }
      return BrokerIdentity(
        product: properties["product"]?.string ?? "unknown",
        version: properties["version"]?.string ?? "unknown",
        clusterName: properties["cluster_name"]?.string, capabilities: capabilities)
    }
  }

  /// Creates what is missing; what exists as described stays as it is.
  ///
  /// - Throws: ``AMQPError/Code/preconditionFailed`` naming the first exchange or queue that exists
  ///   otherwise, with the argument that differs.
  public func declare(_ topology: Topology) async throws(AMQPError) {
    try await connected { (connection) throws(AMQPError) in
      try connection.openChannel()
      for exchange in topology.exchanges {
        try connection.declare(exchange)
      }
      for queue in topology.queues { try connection.declare(queue) }
      for binding in topology.bindings { try connection.bind(binding) }
    }
  }

  /// Compares exchanges and queues with the broker, creating nothing; empty if all is well.
  ///
  /// Whether one exists may be asked by any user, how it was declared only by one with the right to
  /// configure it. AMQP has no way to ask for bindings.
  /// - Parameter isComparing: Whether it matters how they were declared; otherwise only what is missing
  ///   is a problem.
  public func check(
    _ topology: Topology, isComparing: Bool = true
  ) async throws(AMQPError) -> [TopologyProblem] {
    try await connected { (connection) throws(AMQPError) in
      try connection.openChannel()
      var problems: [TopologyProblem] = []
      for exchange in topology.exchanges {
        let problem = try connection.problem(
          of: "exchange \(exchange.name)", isComparing: isComparing
        ) {
          (connection) throws(AMQPError) in
          try connection.find(exchange: exchange.name)
        } comparing: { (connection) throws(AMQPError) in
          try connection.declare(exchange)
        }
        if let problem { problems.append(problem) }
      }
      for queue in topology.queues {
        let problem = try connection.problem(
          of: "queue \(queue.name)", isComparing: isComparing
        ) {
          (connection) throws(AMQPError) in
          _ = try connection.depth(of: queue.name)
        } comparing: { (connection) throws(AMQPError) in
          try connection.declare(queue)
        }
        if let problem { problems.append(problem) }
      }
      return problems
    }
  }

  /// How much each queue holds, in the order asked.
  /// - Throws: ``AMQPError/Code/notFound`` naming the first that does not exist.
  public func depths(of queues: [String]) async throws(AMQPError) -> [QueueDepth] {
    try await connected { (connection) throws(AMQPError) in
      try connection.openChannel()
      var depths: [QueueDepth] = []
      for queue in queues { depths.append(try connection.depth(of: queue)) }
      return depths
    }
  }

  /// Removes every message that is ready; answers how many.
  @discardableResult
  public func purge(_ queue: String) async throws(AMQPError) -> Int {
    try await connected { (connection) throws(AMQPError) in
      try connection.openChannel()
      return try connection.purge(queue)
    }
  }

  /// Deletes a queue with what it holds; answers how many messages that was, 0 if there is none.
  @discardableResult
  public func delete(queue: String) async throws(AMQPError) -> Int {
    try await connected { (connection) throws(AMQPError) in
      try connection.openChannel()
      return try connection.delete(queue: queue)
    }
  }

  /// Deletes an exchange with its bindings, if there is one.
  public func delete(exchange: String) async throws(AMQPError) {
    try await connected { (connection) throws(AMQPError) in
      try connection.openChannel()
      try connection.delete(exchange: exchange)
    }
  }

  /// Runs `body` with a connection on a thread of its own.
  private func connected<Value: Sendable>(
    _ body: @escaping @Sendable (RabbitConnection) throws(AMQPError) -> Value
  ) async throws(AMQPError) -> Value {
    let (address, settings) = (address, settings)
    let outcome = Gate<Result<Value, AMQPError>>()
    try ConnectionThread.start(named: settings.name) {
      let result = Result { () throws(AMQPError) in
        let connection = try RabbitConnection(address, settings)
        let value = try body(connection)
        connection.close()
        return value
      }
      outcome.open(result)
    }
    guard let result = await outcome.value() else {
      throw AMQPError(.closed, "The call to \(address) was canceled.")
    }
    return try result.get()
  }
}
