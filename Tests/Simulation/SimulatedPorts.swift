import Resizing
import Storage
import Worker

/// The queues as one worker sees them.
struct SimulatedSource: IntakeSource {
  let worker: SimulatedWorker

  func acknowledge(upTo tag: UInt64, epoch: UInt64) {
    guard worker.reaches() else { return }
    let world = worker.world
    world.note("w\(worker.number) acknowledges up to \(tag) of epoch \(epoch)")
    world.queues.acknowledge(
      worker.number, upTo: tag, epoch: world.plan.bug == .staleDeliveryTag ? nil : epoch)
    world.acknowledged(worker)
  }

  func reject(tag: UInt64, epoch: UInt64) {
    guard worker.reaches() else { return }
    worker.world.queues.reject(worker.number, tag: tag, epoch: epoch)
  }

  func pause() {
    guard worker.reaches() else { return }
    worker.consuming = .paused
    worker.world.queues.takeBack(worker.number, .nacked, using: &worker.world.generator)
  }

  func resume() {
    guard worker.reaches() else { return }
    worker.consuming = .running
  }

  func holdRequests() {
    guard worker.reaches() else { return }
    worker.isHoldingRequests = true
  }

  func takeRequests() {
    guard worker.reaches() else { return }
    worker.isHoldingRequests = false
  }

  func drain() {
    guard worker.reaches() else { return }
    worker.consuming = .draining
  }

  func close() async {
    guard worker.reaches() else { return }
    worker.world.queues.disconnect(
      worker.number, using: &worker.world.generator)
    worker.isConsumerConnected = false
  }
}

/// The exchanges as one worker sees them.
struct SimulatedPublisher: RelayPublisher {
  let worker: SimulatedWorker

  func publish(_ messages: [OutboxMessage]) {
    guard worker.reaches() else { return }
    let world = worker.world
    world.note("w\(worker.number) publishes \(messages.map(\.event.id))")
    world.idleSteps = 0
    if world.plan.bug == .deletedBeforeConfirm { world.deleteUnconfirmed(messages) }
    worker.queued += messages
    world.send(worker)
  }

  func close() async {
    guard worker.reaches() else { return }
    worker.isPublisherConnected = false
  }
}

/// A worker's clock: how late it is and where it jumps is the world's choice; how long a wait lasts is not.
struct SimulatedClock: WorkerClock {
  let worker: SimulatedWorker

  func now() -> Moment { worker.now }

  func sleep(milliseconds: Int64) async throws {
    let world = worker.world
    let id = world.nextSleep()
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation {
        (continuation: UnsafeContinuation<Void, any Error>) in
        guard !worker.isGone, !Task.isCancelled else {
          continuation.resume(throwing: CancellationError())
          return
        }
        world.sleep(id, worker, milliseconds, continuation)
      }
    } onCancel: {
      world.wake(id, throwing: CancellationError())
    }
  }
}
