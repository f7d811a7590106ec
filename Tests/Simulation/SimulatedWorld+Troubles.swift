import Resizing
import Storage
import Worker

extension SimulatedWorld {
  /// Draws after how many await points and effects the next crash comes.
  func lightFuse() {
    jobsUntilCrash =
      plan.jobsBetweenCrashes == 0 ? .max : 1 + generator.below(2 * plan.jobsBetweenCrashes)
  }

  /// One await point or effect more has been reached; perhaps the one at which somebody crashes.
  /// - Parameter worker: Who reached an effect; at an await point it may be anybody.
  func burn(_ worker: SimulatedWorker?) {
    guard isRough, plan.jobsBetweenCrashes > 0 else { return }
    jobsUntilCrash -= 1
    guard jobsUntilCrash <= 0 else { return }
    lightFuse()
    guard !workers.isEmpty else { return }
    (worker ?? workers[generator.below(workers.count)]).crash()
  }

  /// Something else than work goes wrong.
  func makeTrouble() {
    guard !workers.isEmpty else { return }
    let worker = workers[generator.below(workers.count)]
    switch generator.below(12) {
    case 0, 1: loseConsumer(worker)
    case 10, 11: flap(calls.first { $0.isCommit }?.worker ?? worker)
    case 2, 3: losePublisher(worker)
    case 4:
      loseConsumer(worker)
      losePublisher(worker)
    case 5: toggleAlarm(worker)
    case 6, 7: jumpClock(worker)
    case 8: flipSwitches()
    default:
      note("w\(worker.number) is told to stop")
      worker.drain()
    }
    // Troubles come together: what one of them leaves half done is the next one's chance.
    guard plan.jobsBetweenCrashes > 0, generator.happens(30) else { return }
    jobsUntilCrash = min(jobsUntilCrash, 1 + generator.below(200))
  }

  private func loseConsumer(_ worker: SimulatedWorker) {
    guard worker.isConsumerConnected else { return }
    note("w\(worker.number) loses its consumer")
    worker.isConsumerConnected = false
    queues.disconnect(worker.number, using: &generator)
    worker.tell(.disconnected(reason: "simulated"))
    // At once, what was delivered comes again while the old batch is still under way.
    if generator.happens(worker.flaps > 0 ? 90 : 50) { connectConsumer(worker) }
  }

  /// A connection that comes and goes, best while a batch is committed: its acknowledgement comes when another epoch has begun.
  private func flap(_ worker: SimulatedWorker) {
    worker.flaps = 1 + generator.below(4)
    loseConsumer(worker)
  }

  /// A worker has acknowledged something; a connection that flaps is lost again.
  func acknowledged(_ worker: SimulatedWorker) {
    guard isRough, worker.flaps > 0, generator.happens(60) else { return }
    worker.flaps -= 1
    loseConsumer(worker)
  }

  /// What was in flight may have arrived or not; what was not sent stays with the publisher.
  private func losePublisher(_ worker: SimulatedWorker) {
    guard worker.isPublisherConnected else { return }
    note("w\(worker.number) loses its publisher")
    worker.isPublisherConnected = false
    worker.isBlocked = false
    let unconfirmed = worker.inFlight
    worker.inFlight.removeAll()
    for message in unconfirmed where generator.happens(50) { route(message) }
    worker.tell(
      .disconnected(unconfirmed: unconfirmed.map(\.sequence), reason: "simulated"))
  }

  private func toggleAlarm(_ worker: SimulatedWorker) {
    guard worker.isPublisherConnected else { return }
    worker.isBlocked.toggle()
    note("w\(worker.number) is \(worker.isBlocked ? "" : "no longer ")blocked by the broker")
    worker.tell(worker.isBlocked ? .blocked(reason: "simulated") : .unblocked)
    send(worker)
  }

  private func jumpClock(_ worker: SimulatedWorker) {
    guard plan.clockJump > 0 else { return }
    worker.skew = randomSkew()
    note("the clock of w\(worker.number) jumps, it is \(worker.skew) ms ahead")
  }

  private func flipSwitches() {
    set(.payments, paused: generator.happens(40))
    set(.intake, paused: generator.happens(40))
  }

  private func set(_ name: OperatorSwitch, paused isPaused: Bool) {
    note("an operator \(isPaused ? "pauses" : "resumes") \(name)")
    let position = SwitchPosition(isPaused: isPaused, changedBy: "operator", changedAt: now)
    let store = store
    _ = Task(executorPreference: executor) { try? await store.set(name, to: position) }
  }

  /// From here on nothing goes wrong any more; clocks stay as wrong as they are.
  func calm() {
    note("calm")
    isRough = false
    for name in OperatorSwitch.allCases { set(name, paused: false) }
    for worker in workers where worker.isBlocked { toggleAlarm(worker) }
    while workers.count < plan.workers { start() }
  }
}
