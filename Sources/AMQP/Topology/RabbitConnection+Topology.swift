import CRabbitMQ

/// The calls of a short connection about exchanges and queues.
extension RabbitConnection {
  func declare(_ exchange: Topology.Exchange) throws(AMQPError) {
    try ask("Declaring exchange \(exchange.name) on", AMQP_EXCHANGE_DECLARE_METHOD) {
      $0.append(UInt16(0))
      guard $0.append(short: exchange.name), $0.append(short: exchange.kind.rawValue) else {
        return false
      }
      let flags = [false, exchange.isDurable, exchange.isAutoDelete, exchange.isInternal]
      $0.append(flags: flags)
      return $0.append(exchange.arguments)
    } reply: {
      $0.id == AMQP_EXCHANGE_DECLARE_OK_METHOD
    }
  }

  func declare(_ queue: Topology.Queue) throws(AMQPError) {
    try ask("Declaring queue \(queue.name) on", AMQP_QUEUE_DECLARE_METHOD) {
      $0.append(UInt16(0))
      guard $0.append(short: queue.name) else { return false }
      $0.append(flags: [false, queue.isDurable, queue.isExclusive, queue.isAutoDelete])
      return $0.append(queue.arguments)
    } reply: {
      if case .declareOK = $0 { true } else { false }
    }
  }

  func bind(_ binding: Topology.Binding) throws(AMQPError) {
    let what = "Binding queue \(binding.queue) to exchange \(binding.exchange) on"
    try ask(what, AMQP_QUEUE_BIND_METHOD) {
      $0.append(UInt16(0))
      guard $0.append(short: binding.queue), $0.append(short: binding.exchange),
        $0.append(short: binding.routingKey)
      else { return false }
      $0.append(UInt8(0))
      return $0.append(binding.arguments)
    } reply: {
      $0.id == AMQP_QUEUE_BIND_OK_METHOD
    }
  }

  /// Throws if there is no such exchange.
  func find(exchange name: String) throws(AMQPError) {
    try ask("Looking for exchange \(name) on", AMQP_EXCHANGE_DECLARE_METHOD) {
      $0.append(UInt16(0))
      guard $0.append(short: name), $0.append(short: "direct") else { return false }
      $0.append(flags: [true])
      return $0.append(HeaderTable())
    } reply: {
      $0.id == AMQP_EXCHANGE_DECLARE_OK_METHOD
    }
  }

  /// Throws if there is no such queue.
  func depth(of name: String) throws(AMQPError) -> QueueDepth {
    var depth = QueueDepth(queue: name, messageCount: 0, consumerCount: 0)
    try ask("Looking at queue \(name) on", AMQP_QUEUE_DECLARE_METHOD) {
      $0.append(UInt16(0))
      guard $0.append(short: name) else { return false }
      $0.append(flags: [true])
      return $0.append(HeaderTable())
    } reply: {
      guard case .declareOK(let messages, let consumers) = $0 else { return false }
      depth.messageCount = Int(messages)
      depth.consumerCount = Int(consumers)
      return true
    }
    return depth
  }

  func purge(_ queue: String) throws(AMQPError) -> Int {
    try count("Emptying queue \(queue) on", AMQP_QUEUE_PURGE_METHOD) {
      $0.append(UInt16(0))
      guard $0.append(short: queue) else { return false }
      $0.append(flags: [])
      return true
    }
  }

  func delete(queue: String) throws(AMQPError) -> Int {
    try count("Deleting queue \(queue) on", AMQP_QUEUE_DELETE_METHOD) {
      $0.append(UInt16(0))
      guard $0.append(short: queue) else { return false }
      $0.append(flags: [])
      return true
    }
  }

  func delete(exchange: String) throws(AMQPError) {
    try ask("Deleting exchange \(exchange) on", AMQP_EXCHANGE_DELETE_METHOD) {
      $0.append(UInt16(0))
      guard $0.append(short: exchange) else { return false }
      $0.append(flags: [])
      return true
    } reply: {
      $0.id == AMQP_EXCHANGE_DELETE_OK_METHOD
    }
  }

  /// Takes one message from the head of a queue, to be settled; nil if it is empty.
  /// - Parameter epoch: That of the connection, for whoever settles by it.
  func get(_ queue: String, epoch: UInt64 = 0) throws(AMQPError) -> Delivery? {
    var assembly = DeliveryAssembly(longestBodyByteCount: settings.longestBodyByteCount)
    var delivery: Delivery?
    var isEmpty = false
    let content: (RabbitFrame) throws(AMQPError) -> Void = { (frame) throws(AMQPError) in
      switch frame {
      case .header(let bodyByteCount, let properties):
        delivery = try assembly.header(properties, bodyByteCount: bodyByteCount)
      case .body(let fragment):
        delivery = try assembly.body(fragment)
      case .method:
        break
      }
    }
    let what = "Looking into queue \(queue) on"
    let fields: (inout OutputBuffer) -> Bool = {
      $0.append(UInt16(0))
      guard $0.append(short: queue) else { return false }
      $0.append(flags: [])
      return true
    }
    try ask(
      what, AMQP_BASIC_GET_METHOD, fields,
      reply: {
        switch $0 {
        case .getEmpty:
          isEmpty = true
          return true
        case .getOK(let method):
          assembly.begin(DeliveryAssembly.Beginning(method, queue: queue, epoch: epoch))
          return true
        default: return false
        }
      }, other: content, isComplete: { isEmpty || delivery != nil })
    return delivery
  }

  /// Looks for something and, where it is there and that is wanted, compares it.
  func problem(
    of subject: String, isComparing: Bool, finding: (RabbitConnection) throws(AMQPError) -> Void,
    comparing: (RabbitConnection) throws(AMQPError) -> Void
  ) throws(AMQPError) -> TopologyProblem? {
    if let problem = try problem(of: subject, finding) { return problem }
    guard isComparing, var problem = try problem(of: subject, comparing) else { return nil }
    if problem.kind == .notAllowed { problem.kind = .notCompared }
    return problem
  }

  /// Runs a check on this connection and, where the broker answers by closing the channel, opens
  /// the next one.
  private func problem(
    of subject: String, _ check: (RabbitConnection) throws(AMQPError) -> Void
  ) throws(AMQPError) -> TopologyProblem? {
    do throws(AMQPError) {
      try check(self)
      return nil
    } catch {
      let kind: TopologyProblem.Kind
      switch error.code {
      case .notFound: kind = .missing
      case .preconditionFailed, .resourceLocked: kind = .differs
      case .permissionDenied: kind = .notAllowed
      default: throw error
      }
      try openChannel()
      return TopologyProblem(kind: kind, subject: subject, detail: error.message)
    }
  }

  private func count(
    _ what: String, _ id: amqp_method_number_t, _ fields: (inout OutputBuffer) -> Bool
  ) throws(AMQPError) -> Int {
    var count = 0
    try ask(what, id, fields) {
      guard case .countOK(let number) = $0 else { return false }
      count = Int(number)
      return true
    }
    return count
  }

  private func ask(
    _ what: String, _ id: amqp_method_number_t, _ fields: (inout OutputBuffer) -> Bool,
    reply: (RabbitFrame.RabbitMethod) -> Bool,
    other: (RabbitFrame) throws(AMQPError) -> Void = { (_) throws(AMQPError) in },
    isComplete: () -> Bool = { true }
  ) throws(AMQPError) {
    guard output.method(id, fields) else {
      throw AMQPError(
        .preconditionFailed, "\(what) \(address) is impossible: names have at most 255 bytes.")
    }
    try call(what, expecting: reply, other: other, isComplete: isComplete)
  }
}

extension OutputBuffer {
  /// Up to eight bits in one byte, the first the lowest.
  fileprivate mutating func append(flags: [Bool]) {
    append(flags.enumerated().reduce(UInt8(0)) { $0 | ($1.element ? 1 << $1.offset : 0) })
  }
}

extension DeliveryAssembly.Beginning {
  fileprivate init(_ method: amqp_basic_get_ok_t, queue: String, epoch: UInt64) {
    self.init(
      queue: queue, deliveryTag: method.delivery_tag, epoch: epoch,
      isRedelivered: method.redelivered != 0, exchange: String(method.exchange),
      routingKey: String(method.routing_key))
  }
}
