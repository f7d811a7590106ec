import CRabbitMQ

/// The consumer's part on its connection's thread.
final class ConsumerRole: ConnectionRole {
  private let control: ConsumerControl
  private let settings: ConnectionSettings
  private var ledger = DeliveryLedger()
  private var assembly: DeliveryAssembly
  private var subscriptions: SubscriptionLedger
  private var probation: Probation
  private var mode = ConsumerControl.Mode.running
  private var deliveries: [Delivery] = []
  private var origin = RecentOrigin()
  /// Whether ``ConsumerEvent/quiesced`` is still to be told.
  private var owesQuiescence = false

  init(_ control: ConsumerControl, _ settings: ConnectionSettings) {
    self.control = control
    self.settings = settings
    assembly = DeliveryAssembly(longestBodyByteCount: settings.longestBodyByteCount)
    subscriptions = SubscriptionLedger(
      queues: control.subscriptions.map(\.queue), name: settings.name)
    probation = Self.probation(control)
  }

  private static func probation(_ control: ConsumerControl) -> Probation {
    Probation(queueCount: control.subscriptions.count, suspectCount: control.suspectCount)
  }

  var isClosing: Bool { control.isClosing }
  /// A subscription that is due wakes the thread only where a turn would ask for it.
  var nextDeadline: MonotonicTime? {
    mode == .running && probation.queue == nil ? subscriptions.nextDue : nil
  }
  func takeRetry() -> Bool { control.takeRetry() }
  /// The prefetch bounds how many deliveries are unsettled, not how large they are. While pausing,
  /// none is kept.
  var isReading: Bool {
    mode == .paused || ledger.keptByteCount < settings.mostKeptByteCount
  }

  func opened(_ connection: RabbitConnection, epoch: UInt64) throws(AMQPError) {
    ledger.begin(epoch: epoch)
    assembly = DeliveryAssembly(longestBodyByteCount: settings.longestBodyByteCount)
    subscriptions.reset()
    subscriptions.suspend(control.suspendedQueues)
    adopt(control.takeModeAnew())
    probation = Self.probation(control)
    if mode == .running { try probe(on: connection) }
    if mode == .running, probation.queue == nil {
      for index in subscriptions.due() where isReading {
        subscribe(index, on: connection)
        let isAnswered = try connection.call(
          "Consuming \(control.subscriptions[index].queue) from",
          expecting: { $0.isConsumeOK },
          other: { (frame) throws(AMQPError) in try self.received(frame, on: connection) },
          while: { self.isReading })
        // Where there is too much to keep before the answer, the turns to come find it.
        if isAnswered { subscriptions.confirmed(index) }
      }
    }
    publishCounts()
    control.events.yield(.connected(epoch: epoch, consumerCount: subscriptions.activeCount))
  }

  func turn(on connection: RabbitConnection) throws(AMQPError) {
    let orders = control.takeOrders()
    for settlement in orders.settlements { carryOut(settlement, on: connection) }
    let isTakenUp = subscriptions.suspend(orders.suspendedQueues)
    // What came back to it meanwhile has to be looked into alone, as at the beginning.
    if isTakenUp, control.suspectCount != nil { adopt(.draining) }
    change(to: orders.mode, on: connection)
    if mode == .running {
      cancel(subscriptions.cancelSuspended(), on: connection)
      try probe(on: connection)
      guard probation.queue == nil else { return publishCounts() }
      for index in subscriptions.due() { subscribe(index, on: connection) }
    }
    publishCounts()
  }

  /// Goes as far towards a mode as it can without an answer of the broker; the answer brings the
  /// next turn.
  private func change(to wanted: ConsumerControl.Mode, on connection: RabbitConnection) {
    repeat {
      adopt(wanted)
      guard mode != .running else { return }
      cancel(subscriptions.cancelAll(), on: connection)
      quiesce(on: connection)
      // A pause with nothing to wait for is over at once, and nothing else would wake the thread.
    } while mode != wanted && !owesQuiescence
  }

  private func cancel(_ tags: [String], on connection: RabbitConnection) {
    for tag in tags {
      connection.output.method(AMQP_BASIC_CANCEL_METHOD) {
        guard $0.append(short: tag) else { return false }
        $0.append(UInt8(0))
        return true
      }
    }
  }

  /// A pause is finished before the next mode begins: what came meanwhile was not kept and has to
  /// go back. Nor is running resumed in the midst of draining: suspects are taken one by one, which
  /// no delivery of an old subscription may come between.
  private func adopt(_ wanted: ConsumerControl.Mode) {
    guard wanted != mode, !owesQuiescence || (mode == .draining && wanted == .paused) else {
      return
    }
    mode = wanted
    owesQuiescence = mode != .running
    // What was handed back meanwhile has come back, too.
    if mode == .running { probation = Self.probation(control) }
  }

  /// Takes suspects one by one, as long as there are some: the next one when nothing is in flight.
  private func probe(on connection: RabbitConnection) throws(AMQPError) {
    while !probation.isWaiting || ledger.outstandingCount == 0, let index = probation.queue {
      guard !subscriptions.suspended.contains(index) else {
        probation.took(nil)
        continue
      }
      let head = try connection.get(control.subscriptions[index].queue, epoch: ledger.epoch)
      if let head {
        ledger.delivered(head.deliveryTag)
        keep(head)
      }
      probation.took(head)
    }
  }

  private func subscribe(_ index: Int, on connection: RabbitConnection) {
    let subscription = control.subscriptions[index]
    let tag = subscriptions.subscribing(index)
    connection.output.method(AMQP_BASIC_QOS_METHOD) {
      $0.append(UInt32(0))
      $0.append(subscription.prefetch)
      $0.append(UInt8(0))
      return true
    }
    connection.output.method(AMQP_BASIC_CONSUME_METHOD) {
      $0.append(UInt16(0))
      guard $0.append(short: subscription.queue), $0.append(short: tag) else { return false }
      $0.append(UInt8(0))
      return $0.append(HeaderTable())
    }
  }

  private func carryOut(
    _ settlement: ConsumerControl.Settlement, on connection: RabbitConnection
  ) {
    switch settlement {
    case .handBack:
      adopt(.paused)
    case _ where mode == .paused:
      // It was asked for after the pause, and could cover what the owner has forgotten.
      ledger.drop()
    case .acknowledge(let tag, let epoch, multiple: true):
      guard let tag = ledger.settle(upTo: tag, epoch: epoch) else { return }
      connection.output.acknowledge(tag, multiple: true)
    case .acknowledge(let tag, let epoch, multiple: false):
      guard ledger.settle(tag, epoch: epoch) else { return }
      connection.output.acknowledge(tag, multiple: false)
    case .reject(let tag, let epoch, let requeue):
      guard ledger.settle(tag, epoch: epoch) else { return }
      connection.output.reject(tag, requeue: requeue)
    case .nack(let tag, let epoch, let requeue):
      guard let tag = ledger.settle(upTo: tag, epoch: epoch) else { return }
      connection.output.nack(tag, multiple: true, requeue: requeue)
    }
  }

  /// Once the last subscription has ended: hands back, if pausing, and says so.
  private func quiesce(on connection: RabbitConnection?) {
    guard owesQuiescence, subscriptions.isQuiet else { return }
    owesQuiescence = false
    if mode == .paused, let connection, ledger.outstandingCount > 0,
      let tag = ledger.settle(upTo: ledger.lastDelivered, epoch: ledger.epoch)
    {
      connection.output.nack(tag, multiple: true, requeue: true)
    }
    publishCounts()
    report()
    control.events.yield(.quiesced)
  }

  func received(_ frame: RabbitFrame, on connection: RabbitConnection) throws(AMQPError) {
    switch frame {
    case .header(let bodyByteCount, let properties):
      keep(try assembly.header(properties, bodyByteCount: bodyByteCount))
    case .body(let fragment):
      keep(try assembly.body(fragment))
    case .method(.deliver(let method)):
      begin(method)
    case .method(.consumeOK(let tag)):
      subscriptions.confirmed(tag)
    case .method(.cancelOK(let tag)):
      subscriptions.ended(tag)
      quiesce(on: connection)
    case .method(.consumerCanceled(let tag, let wantsAnswer)):
      canceled(tag, wantsAnswer: wantsAnswer, on: connection)
    case .method:
      break
    }
  }

  private func begin(_ method: amqp_basic_deliver_t) {
    ledger.delivered(method.delivery_tag)
    assembly.begin(origin.beginning(method, epoch: ledger.epoch, subscriptions))
  }

  /// While pausing, what still comes goes back with the rest.
  private func keep(_ delivery: Delivery?) {
    guard let delivery, mode != .paused else { return }
    ledger.keeps(delivery.body?.count ?? 0)
    deliveries.append(delivery)
  }

  private func canceled(_ tag: String, wantsAnswer: Bool, on connection: RabbitConnection) {
    if wantsAnswer {
      connection.output.method(AMQP_BASIC_CANCEL_OK_METHOD) { $0.append(short: tag) }
    }
    guard let queue = subscriptions.canceled(tag, retryAt: .now + settings.backoff.initial) else {
      return
    }
    publishCounts()
    report()
    control.events.yield(.canceled(queue: queue))
    if mode != .running { quiesce(on: connection) }
  }

  func channelClosed(_ close: ServerClose, on connection: RabbitConnection) throws(AMQPError) {
    throw AMQPError(close, doing: "Consuming from", with: connection.address)
  }

  func report() {
    guard !deliveries.isEmpty else { return }
    control.events.yield(.deliveries(deliveries))
    deliveries = []
  }

  func lost(_ error: AMQPError) {
    report()
    subscriptions.reset()
    ledger.begin(epoch: 0)
    publishCounts()
    control.events.yield(.disconnected(reason: error))
    if mode != .running { quiesce(on: nil) }
  }

  func finished() {
    subscriptions.reset()
    ledger.begin(epoch: 0)
    publishCounts()
    control.finish()
  }

  private func publishCounts() {
    control.publish(
      // Who takes them one by one looks after its queues, too.
      actualConsumers: mode == .running && probation.queue != nil && ledger.epoch != 0
        ? control.subscriptions.count - subscriptions.suspended.count : subscriptions.activeCount,
      droppedAcknowledgements: ledger.droppedCount)
  }
}

extension RabbitFrame.RabbitMethod {
  fileprivate var isConsumeOK: Bool {
    if case .consumeOK = self { true } else { false }
  }
}

/// Deliveries mostly come from the same place one after the other: its names are copied once, and
/// its queue is looked up once.
private struct RecentOrigin {
  private var queue = ""
  private var consumer = RecentText()
  private var exchange = RecentText()
  private var routingKey = RecentText()

  mutating func beginning(
    _ method: amqp_basic_deliver_t, epoch: UInt64, _ subscriptions: SubscriptionLedger
  ) -> DeliveryAssembly.Beginning {
    if consumer.becomes(method.consumer_tag) { queue = subscriptions.queue(of: consumer.text) }
    exchange.becomes(method.exchange)
    routingKey.becomes(method.routing_key)
    return DeliveryAssembly.Beginning(
      queue: queue, deliveryTag: method.delivery_tag, epoch: epoch,
      isRedelivered: method.redelivered != 0, exchange: exchange.text, routingKey: routingKey.text)
  }
}
