import Worker

/// A message in a simulated queue.
struct SimulatedMessage {
  var body: [UInt8]
  var messageId: String
  var redelivered = false
  var deliveryCount = 0
}

/// The worker's queues: what is delivered and not acknowledged comes again, to anybody.
struct SimulatedQueues {
  private var ready: [IntakeQueue: [SimulatedMessage]] = [:]
  private var unacknowledged:
    [Int: [(tag: UInt64, queue: IntakeQueue, message: SimulatedMessage)]] =
      [:]
  private var lastTag: [Int: UInt64] = [:]
  private var epochs: [Int: UInt64] = [:]
  /// Messages refused for good.
  private(set) var rejected: [SimulatedMessage] = []

  var isEmpty: Bool {
    ready.values.allSatisfy(\.isEmpty) && unacknowledged.values.allSatisfy(\.isEmpty)
  }

  /// Whether anything waits to be delivered.
  var hasReady: Bool { ready.values.contains { !$0.isEmpty } }

  mutating func send(
    _ body: [UInt8], id: String, to queue: IntakeQueue, using generator: inout SeededGenerator
  ) {
    let message = SimulatedMessage(body: body, messageId: id)
    let position = generator.below((ready[queue]?.count ?? 0) + 1)
    ready[queue, default: []].insert(message, at: position)
  }

  /// Begins a connection of a worker.
  mutating func connect(_ worker: Int) -> UInt64 {
    disconnect(worker)
    epochs[worker, default: 0] += 1
    lastTag[worker] = 0
    return epochs[worker]!
  }

  /// Ends it: everything unacknowledged goes back.
  mutating func disconnect(_ worker: Int) {
    for (_, queue, message) in unacknowledged.removeValue(forKey: worker) ?? [] {
      var message = message
      message.redelivered = true
      message.deliveryCount += 1
      ready[queue, default: []].insert(message, at: 0)
    }
  }

  /// Delivers up to `limit` messages of random queues to a worker.
  mutating func deliver(
    to worker: Int, limit: Int, using generator: inout SeededGenerator
  ) -> [IntakeDelivery] {
    var deliveries: [IntakeDelivery] = []
    while deliveries.count < limit {
      let queues = IntakeQueue.allCases.filter { ready[$0]?.isEmpty == false }
      guard let queue = queues.randomElement(using: &generator),
        let message = ready[queue]?.removeFirst()
      else { break }
      let tag = lastTag[worker, default: 0] + 1
      lastTag[worker] = tag
      unacknowledged[worker, default: []].append((tag, queue, message))
      deliveries.append(
        IntakeDelivery(
          queue: queue, tag: tag, epoch: epochs[worker] ?? 0, redelivered: message.redelivered,
          deliveryCount: message.deliveryCount, messageId: message.messageId, body: message.body))
    }
    return deliveries
  }

  /// - Parameter epoch: Nil takes the tag for one of the present connection, right or wrong.
  mutating func acknowledge(_ worker: Int, upTo tag: UInt64, epoch: UInt64?) {
    guard epoch == nil || epochs[worker] == epoch else { return }
    unacknowledged[worker]?.removeAll { $0.tag <= tag }
  }

  mutating func acknowledgeAll(_ worker: Int) {
    unacknowledged[worker] = nil
  }

  mutating func reject(_ worker: Int, tag: UInt64, epoch: UInt64) {
    guard epochs[worker] == epoch else { return }
    rejected += unacknowledged[worker]?.filter { $0.tag == tag }.map(\.message) ?? []
    unacknowledged[worker]?.removeAll { $0.tag == tag }
  }
}
