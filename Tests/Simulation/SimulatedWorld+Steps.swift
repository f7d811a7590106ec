import Contracts
import Resizing
import Storage
import Worker

extension SimulatedWorld {
  /// Lets one thing happen, and then everybody go on as far as they can.
  func step() {
    let canCall = calls.contains { $0.notBefore <= now }
    let receivers = queues.readyCount > 0 ? workers.indices.filter { canReceive(workers[$0]) } : []
    let senders = workers.indices.filter { !workers[$0].inFlight.isEmpty }
    let weights = [
      canCall ? 14 : 0, receivers.isEmpty ? 0 : 5, senders.isEmpty ? 0 : 5,
      customers.requests.count < plan.requests ? (isRough ? 1 : 3) : 0,
      canCall || !senders.isEmpty || !receivers.isEmpty ? 1 : 8,
      workers.contains { !$0.isConsumerConnected || !$0.isPublisherConnected } ? 3 : 0,
      workers.count < plan.workers ? 2 : 0, isRough && generator.happens(plan.troubles) ? 6 : 0,
    ]
    switch choice(weights) {
    case 0: answerCall()
    case 1: deliver(receivers)
    case 2: settlePublishes(senders)
    case 3: submitSome()
    case 4: passTime()
    case 5: reconnect()
    case 6: start()
    default: makeTrouble()
    }
    executor.run { burn(nil) }
  }

  private func choice(_ weights: [Int]) -> Int {
    var left = generator.below(weights.reduce(0, +))
    for (index, weight) in weights.enumerated() {
      if left < weight { return index }
      left -= weight
    }
    return 0
  }

  private func canReceive(_ worker: SimulatedWorker) -> Bool {
    worker.isConsumerConnected && worker.consuming == .running
      && queues.outstanding(worker.number) < 24
  }

  private func deliver(_ receivers: [Int]) {
    deliver(to: workers[receivers[generator.below(receivers.count)]])
  }

  private func deliver(to worker: SimulatedWorker) {
    let deliveries = queues.deliver(
      to: worker.number, limit: 1 + generator.below(12),
      besides: worker.isHoldingRequests ? .requests : nil, using: &generator)
    guard !deliveries.isEmpty else { return }
    note("w\(worker.number) gets \(deliveries.map { $0.messageId ?? "" })")
    idleSteps = 0
    worker.tell(.deliveries(deliveries))
  }

  private func reconnect() {
    let broken = workers.indices.filter {
      !workers[$0].isConsumerConnected || !workers[$0].isPublisherConnected
    }
    let worker = workers[broken[generator.below(broken.count)]]
    if !worker.isConsumerConnected {
      connectConsumer(worker)
    } else {
      worker.isPublisherConnected = true
      note("w\(worker.number) publishes again")
      worker.tell(.connected)
      send(worker)
    }
  }

  func connectConsumer(_ worker: SimulatedWorker) {
    worker.isConsumerConnected = true
    let epoch = queues.connect(worker.number, using: &generator)
    note("w\(worker.number) consumes, epoch \(epoch)")
    worker.tell(.connected(epoch: epoch))
    if canReceive(worker) { deliver(to: worker) }
  }

  /// What the publisher holds goes onto the wire, if there is one.
  func send(_ worker: SimulatedWorker) {
    guard worker.isPublisherConnected, !worker.isBlocked else { return }
    worker.inFlight += worker.queued
    worker.queued.removeAll()
  }

  /// The broker settles some of what a worker has published, not always in order.
  private func settlePublishes(_ senders: [Int]) {
    let worker = workers[senders[generator.below(senders.count)]]
    idleSteps = 0
    if generator.happens(20) { worker.inFlight.shuffle(using: &generator) }
    let messages = Array(worker.inFlight.prefix(1 + generator.below(worker.inFlight.count)))
    worker.inFlight.removeFirst(messages.count)
    var (confirmed, nacked, returned): ([Int64], [Int64], [Int64]) = ([], [], [])
    for message in messages {
      if isRough, generator.happens(plan.nacks) {
        if generator.happens(50) { route(message) }
        nacked.append(message.sequence)
      } else if isRough,
        message.event.destination == .payments
          || message.event.destination == .commands, generator.happens(plan.returns)
      {
        returned.append(message.sequence)
      } else {
        route(message)
        confirmed.append(message.sequence)
      }
    }
    if !nacked.isEmpty { worker.tell(.nacked(nacked)) }
    if !returned.isEmpty { worker.tell(.returned(returned, reason: "312 NO_ROUTE")) }
    if !confirmed.isEmpty { worker.tell(.confirmed(confirmed)) }
  }

  /// The codes of dead letters that bank and control plane give cause for: they say one thing, and then another.
  private static let contradictions: Set = [
    ReasonCode.contradictorySettlement.rawValue, ReasonCode.appliedAfterFailure.rawValue,
  ]

  /// A message reaches whom it is for.
  func route(_ message: OutboxMessage) {
    let event = message.event
    switch event.destination {
    case .results: statuses.insert(event.id)
    case .deadLetters:
      if customers.poisonMessages.contains(event.id) {
        buried.insert(event.id)
      } else if !event.headers.contains(where: { Self.contradictions.contains($0.value) }) {
        deadLetters.append(event.headers.map(\.value).joined(separator: " "))
      }
    case .reply, .metering: break
    case .payments, .commands:
      guard let emission = try? OutgoingMessage.decode(planted(event.body, id: event.id)).emission
      else {
        deadLetters.append("undecodable \(event.id)")
        return
      }
      let answers =
        bank.take(emission, isRough: isRough, using: &generator)
        + controlPlane.take(emission, isRough: isRough, using: &generator)
      for answer in answers { post(answer) }
    }
  }

  /// Sends an answer of the services off, sometimes twice.
  private func post(_ answer: ServiceAnswer) {
    let number = onTheWay.count
    let at = now.adding(milliseconds: answer.delay)
    let id = "\(answer.input.label):\(at.millisecondsSinceEpoch):\(number)"
    guard let message = Self.services.encode(answer.input, id: id, at: at) else { return }
    let queue: IntakeQueue = if case .applied = answer.input { .applied } else { .settlements }
    onTheWay.append(Arrival(at: at, body: message.body, id: id, queue: queue))
    guard isRough, generator.happens(10) else { return }
    let again = at.adding(milliseconds: Int64(generator.below(60_000)))
    onTheWay.append(Arrival(at: again, body: message.body, id: id, queue: queue))
  }

  private static let services = IncomingEventEncoder(source: "/simulation/services")

  private func passTime() {
    idleSteps += 1
    let isQuiet = calls.isEmpty && queues.readyCount == 0
    // Nobody would be taken for dead because of a jump while there is still something to send.
    let longest = workers.contains { $0.backlog > 0 } ? 2 : 17
    let reach =
      isRough
      ? (generator.happens(10) ? 20_000 : isQuiet ? 6_000 : 1_500)
      : (calls.isEmpty ? 1_000 << min(idleSteps, longest) : 2_000)
    now = now.adding(milliseconds: Int64(1 + generator.below(reach)))
    if onTheWay.contains(where: { $0.at <= now }) {
      for arrival in onTheWay where arrival.at <= now {
        queues.send(arrival.body, id: arrival.id, to: arrival.queue, using: &generator)
      }
      onTheWay.removeAll { $0.at <= now }
      idleSteps = 0
    }
    for sleeper in sleepers where sleeper.wakeAt <= now { sleeper.continuation.resume() }
    sleepers.removeAll { $0.wakeAt <= now }
  }
}

extension ResizeInput {
  /// What the message is about, in a word, for its id.
  fileprivate var label: String {
    switch self {
    case .paymentSettled(let settlement), .refundSettled(let settlement):
      "\(settlement.movementId):\(settlement.outcome.rawValue)"
    case .applied(let report): "\(report.requestId):\(report.outcome.rawValue)"
    case .requested, .cancelRequested, .instanceChanged, .timerDue: "message"
    }
  }
}
