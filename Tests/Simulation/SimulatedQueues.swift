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
  private struct Unacknowledged {
    var tag: UInt64
    var queue: IntakeQueue
    var message: SimulatedMessage
  }

  private var ready: [[SimulatedMessage]]
  private var unacknowledged: [Int: [Unacknowledged]] = [:]
  private var lastTag: [Int: UInt64] = [:]
  private var epochs: [Int: UInt64] = [:]
  private(set) var readyCount = 0
  private var unacknowledgedCount = 0
  /// Messages refused for good.
  private(set) var rejected: [SimulatedMessage] = []

  private let rules: BrokerRules
  /// What came back more often is refused by the broker.
  private let deliveryLimit: Int

  init(_ rules: BrokerRules, deliveryLimit: Int) {
    self.rules = rules
    self.deliveryLimit = deliveryLimit
    ready = Array(repeating: [], count: IntakeQueue.allCases.count)
  }

  var isEmpty: Bool { readyCount == 0 && unacknowledgedCount == 0 }

  /// How many deliveries a worker has not acknowledged.
  func outstanding(_ worker: Int) -> Int { unacknowledged[worker]?.count ?? 0 }

  mutating func send(
    _ body: [UInt8], id: String, to queue: IntakeQueue, using generator: inout SeededGenerator
  ) {
    let index = queue.index
    let position = generator.below(ready[index].count + 1)
    ready[index].insert(SimulatedMessage(body: body, messageId: id), at: position)
    readyCount += 1
  }

  /// Begins a connection of a worker.
  mutating func connect(_ worker: Int, using generator: inout SeededGenerator) -> UInt64 {
    takeBack(worker, .lost, using: &generator)
    let epoch = (epochs[worker] ?? 0) + 1
    epochs[worker] = epoch
    lastTag[worker] = 0
    return epoch
  }

  /// Ends it: everything unacknowledged goes back.
  mutating func disconnect(_ worker: Int, using generator: inout SeededGenerator) {
    takeBack(worker, .lost, using: &generator)
    lastTag[worker] = nil
  }

  /// Everything unacknowledged goes back, about where it was; the connection stays.
  mutating func takeBack(
    _ worker: Int, _ way: BrokerRules.Return, using generator: inout SeededGenerator
  ) {
    for entry in unacknowledged.removeValue(forKey: worker) ?? [] {
      var message = entry.message
      message.redelivered = true
      if rules.counts(way) { message.deliveryCount += 1 }
      unacknowledgedCount -= 1
      if message.deliveryCount > deliveryLimit {
        rejected.append(message)
        continue
      }
      let index = entry.queue.index
      ready[index].insert(message, at: generator.below(min(ready[index].count, 8) + 1))
      readyCount += 1
    }
  }

  /// Delivers up to `limit` messages of random queues to a worker.
  mutating func deliver(
    to worker: Int, limit: Int, besides held: IntakeQueue? = nil,
    using generator: inout SeededGenerator
  ) -> [IntakeDelivery] {
    guard var tag = lastTag[worker], let epoch = epochs[worker] else { return [] }
    var deliveries: [IntakeDelivery] = []
    let heldIndex = held?.index
    var rest = readyCount - (heldIndex.map { ready[$0].count } ?? 0)
    while deliveries.count < limit, rest > 0 {
      rest -= 1
      var index = generator.below(ready.count)
      while ready[index].isEmpty || index == heldIndex { index = (index + 1) % ready.count }
      let queue = IntakeQueue.allCases[index]
      let message = ready[index].removeFirst()
      readyCount -= 1
      unacknowledgedCount += 1
      tag += 1
      unacknowledged[worker, default: []].append(
        Unacknowledged(tag: tag, queue: queue, message: message))
      deliveries.append(
        IntakeDelivery(
          queue: queue, tag: tag, epoch: epoch, redelivered: message.redelivered,
          deliveryCount: message.deliveryCount, isCounted: rules.tellsCounts,
          messageId: message.messageId, body: message.body))
    }
    lastTag[worker] = tag
    return deliveries
  }

  /// - Parameter epoch: Nil takes the tag for one of the present connection, right or wrong.
  mutating func acknowledge(_ worker: Int, upTo tag: UInt64, epoch: UInt64?) {
    guard epoch == nil || epochs[worker] == epoch else { return }
    remove(worker) { $0.tag <= tag }
  }

  mutating func acknowledgeAll(_ worker: Int) { remove(worker) { _ in true } }

  mutating func reject(_ worker: Int, tag: UInt64, epoch: UInt64) {
    guard epochs[worker] == epoch else { return }
    rejected += unacknowledged[worker]?.filter { $0.tag == tag }.map(\.message) ?? []
    remove(worker) { $0.tag == tag }
  }

  private mutating func remove(_ worker: Int, where isSettled: (Unacknowledged) -> Bool) {
    let before = outstanding(worker)
    unacknowledged[worker]?.removeAll(where: isSettled)
    unacknowledgedCount -= before - outstanding(worker)
  }
}

extension IntakeQueue {
  /// Where the queue stands among all.
  fileprivate var index: Int {
    switch self {
    case .requests: 0
    case .settlements: 1
    case .applied: 2
    case .inventory: 3
    }
  }
}
