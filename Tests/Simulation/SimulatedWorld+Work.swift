import Resizing
import Storage
import Worker

extension SimulatedWorld {
  /// Lets a worker take one event and carries its actions out, unless it crashes between two of them.
  func work() async {
    guard let index = workers.indices.randomElement(using: &generator) else { return }
    if isRough {
      if generator.happens(plan.crashes) {
        crash(index)
        return
      }
      if generator.happens(plan.lostConnections) { loseConnection(index) }
    }
    guard let event = nextEvent(index) else { return }
    let actions = workers[index].core.handle(event, now: now)
    for action in actions {
      if isRough, generator.happens(plan.crashes), generator.happens(20) {
        crash(index)
        return
      }
      await carryOut(action, index)
    }
  }

  private func nextEvent(_ index: Int) -> WorkerEvent? {
    let worker = workers[index]
    let takesAnswer = !worker.answers.isEmpty && (worker.events.isEmpty || generator.happens(50))
    if takesAnswer {
      return workers[index].answers.remove(at: generator.below(worker.answers.count))
    }
    return worker.events.isEmpty ? nil : workers[index].events.removeFirst()
  }

  private func loseConnection(_ index: Int) {
    let number = workers[index].number
    if generator.happens(50) {
      note("w\(number) loses its consumer")
      let epoch = queues.connect(number)
      workers[index].events.append(.intake(.disconnected(reason: "simulated")))
      workers[index].events.append(.intake(.connected(epoch: epoch)))
      workers[index].isPaused = false
    } else {
      note("w\(number) loses its publisher")
      let unconfirmed = workers[index].inFlight
      for message in unconfirmed where generator.happens(50) { route(message) }
      workers[index].inFlight.removeAll()
      workers[index].events.append(
        .relay(.disconnected(unconfirmed: unconfirmed.map(\.sequence), reason: "simulated")))
      workers[index].events.append(.relay(.connected))
    }
  }

  private func carryOut(_ action: WorkerAction, _ index: Int) async {
    let number = workers[index].number
    await plant(beside: action, of: number)
    switch action {
    case .publish(let messages):
      note("w\(number) publishes \(messages.map(\.event.id))")
      workers[index].inFlight += messages
    case .acknowledge(let tag, let epoch):
      queues.acknowledge(
        number, upTo: tag, epoch: plan.bug == .staleDeliveryTag ? nil : epoch)
    case .reject(let tag, let epoch): queues.reject(number, tag: tag, epoch: epoch)
    case .pauseIntake:
      queues.disconnect(number)
      workers[index].isPaused = true
    case .resumeIntake:
      workers[index].isPaused = false
      workers[index].events.append(.intake(.connected(epoch: queues.connect(number))))
    case .drainIntake: workers[index].isPaused = true
    case .finish: workers[index].isFinished = true
    case .log(let notice): note("w\(number) \(notice)")
    case .retire(let owner): try? await store.retire(worker: owner)
    case .load, .commit, .claimTimers, .readSwitches, .heartbeat, .adopt:
      let answer = await ask(action, number)
      workers[index].answers.append(answer)
    }
  }

  private func ask(_ action: WorkerAction, _ number: Int) async -> WorkerEvent {
    let faulty = FaultyStore(store: store, faults: isRough ? plan.storeFaults : 0)
    var duty: WorkerDuty?
    var dice = generator
    defer { generator = dice }
    do throws(StoreError) {
      switch action {
      case .load(let keys):
        return .loaded(planted(try await faulty.load(keys, using: &dice)))
      case .commit(let changes):
        let outcome = try await faulty.commit(await planted(changes), using: &dice)
        note(
          "w\(number) commits \(changes.timeline.map { "\($0.requestId) \($0.event)" }) \(outcome)")
        return .committed(outcome)
      case .claimTimers(let limit):
        duty = .timers
        try faulty.fail(using: &dice)
        return .timersClaimed(try await claimTimers(limit: limit))
      case .readSwitches:
        duty = .switches
        return .switches(try await store.switches())
      case .heartbeat(let owner):
        duty = .heartbeat
        try faulty.fail(using: &dice)
        try await store.heartbeat(WorkerHeartbeat(worker: owner, startedAt: now, beatAt: now))
        return .heartbeatDone
      case .adopt(let owner, let firstSequence, let limit):
        duty = .adoption
        try faulty.fail(using: &dice)
        return .adopted(
          try await store.adoptOutbox(
            owner: owner, firstSequence: firstSequence,
            staleBefore: now.adding(milliseconds: -15_000), limit: limit))
      default:
        return .tick
      }
    } catch {
      note("w\(number) store: \(error)")
      return duty.map { .dutyFailed($0, error) } ?? .storeFailed(error)
    }
  }
}
