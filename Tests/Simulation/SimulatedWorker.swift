import Resizing
import Storage
import Worker

/// One worker process of the simulation: the real core, and the events that wait for it.
struct SimulatedWorker {
  let number: Int
  var core: WorkerCore
  /// In the order in which they happened.
  var events: [WorkerEvent] = []
  /// Answers of the store, which come in any order beside the events.
  var answers: [WorkerEvent] = []
  var isPaused = false
  var isPublisherConnected = false
  /// Published and not confirmed, in order.
  var inFlight: [OutboxMessage] = []
  var isFinished = false
}
