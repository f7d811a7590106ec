import Contracts
import Logging
import Resizing
import ServiceLifecycleTestKit
import Storage
import Worker

/// One worker process: the real `WorkerService` on simulated ports.
///
/// A crash abandons it where it stands: nothing that it still does has an effect, and no port answers it again. What is left of its
/// tasks is then canceled in that muted world, so that a run holds on to none of them.
// sound: touched on the one thread of the simulation's executor only.
final class SimulatedWorker: @unchecked Sendable {
  enum Consuming { case running, paused, draining }

  let number: Int
  unowned let world: SimulatedWorld
  private let mailbox = EventMailbox()
  /// How far this worker's clock is ahead, in milliseconds.
  var skew: Int64 = 0
  var consuming = Consuming.paused
  /// The queue of requests is left alone, the others are not.
  var isHoldingRequests = false
  var isConsumerConnected = false
  var isPublisherConnected = false
  /// How often more the consumer's connection is lost again soon.
  var flaps = 0
  /// The broker takes nothing for now.
  var isBlocked = false
  /// Given to the publisher while it could not send.
  var queued: [OutboxMessage] = []
  /// Sent and neither confirmed, refused nor returned.
  var inFlight: [OutboxMessage] = []
  /// Messages that it knows of and the broker has not confirmed.
  private(set) var backlog = 0
  /// Crashed or stopped: nothing it does has an effect any more.
  private(set) var isGone = false
  private var task: Task<Void, Never>?
  private var shutdown: GracefulShutdownTestTrigger?

  init(number: Int, skew: Int64, world: SimulatedWorld) {
    self.number = number
    self.skew = skew
    self.world = world
  }

  func tell(_ event: IntakeEvent) { mailbox.put(.intake(event)) }
  func tell(_ event: RelayEvent) { mailbox.put(.relay(event)) }

  var now: Moment { world.now.adding(milliseconds: skew) }

  func start(_ core: WorkerCore) {
    let service = WorkerService(
      core: core, mailbox: mailbox, source: SimulatedSource(worker: self),
      publisher: SimulatedPublisher(worker: self),
      store: SimulatedStore(worker: self), clock: SimulatedClock(worker: self),
      logger: world.logger(for: self), grace: 20_000,
      willLoad: { [unowned self] keys in swallow(keys.requestIds) },
      observe: { [unowned self] status in backlog = status.unconfirmedMessages })
    task = Task(executorPreference: world.executor) {
      await testGracefulShutdown { trigger in
        self.shutdown = trigger
        try? await service.run()
      }
      self.ended()
    }
  }

  /// Told to stop in order.
  func drain() { shutdown?.triggerGracefulShutdown() }

  /// Ends here and now, wherever it stands.
  func crash() {
    guard !isGone else { return }
    world.note("w\(number) crashes")
    leave()
    task?.cancel()
  }

  /// Poison ends whoever begins with it.
  private func swallow(_ requestIds: Set<String>) {
    guard !isGone, !world.customers.poison.isDisjoint(with: requestIds) else { return }
    world.note("w\(number) swallows poison")
    crash()
  }

  /// Whether something that the worker does now reaches the world: it may crash on the way.
  func reaches() -> Bool {
    guard !isGone else { return false }
    world.burn(self)
    return !isGone
  }

  private func ended() {
    if !isGone {
      world.note("w\(number) has stopped")
      leave()
    }
  }

  /// The world forgets the worker: what it held goes back, what was on its way arrives or does not.
  private func leave() {
    isGone = true
    world.lose(self)
    shutdown = nil
    (queued, inFlight) = ([], [])
  }
}
