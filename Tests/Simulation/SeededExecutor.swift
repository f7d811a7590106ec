/// Runs the jobs of its tasks on the thread that calls it, one at a time; of those that are ready the seed picks the next.
///
/// Between two jobs every task stands at an await point: there a crash can be simulated.
// sound: jobs are enqueued and run on the one thread that drives a simulation; no other thread ever knows this executor.
final class SeededExecutor: TaskExecutor, @unchecked Sendable {
  private var ready: [UnownedJob] = []
  private var generator: SeededGenerator
  /// How many jobs have run so far.
  private(set) var jobs = 0

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  func enqueue(_ job: consuming ExecutorJob) { ready.append(UnownedJob(job)) }

  /// Runs until every task waits for something that only the simulated world can bring.
  func run(beforeEachJob: () -> Void = {}) {
    let executor = asUnownedTaskExecutor()
    while !ready.isEmpty {
      beforeEachJob()
      let index = ready.count == 1 ? 0 : generator.below(ready.count)
      ready.swapAt(index, ready.count - 1)
      jobs += 1
      ready.removeLast().runSynchronously(on: executor)
    }
  }

  /// Carries asynchronous work out here and now; it must not wait for the simulated world.
  func value<Value: Sendable>(of work: @escaping @Sendable () async -> Value) -> Value? {
    let box = ValueBox<Value>()
    _ = Task(executorPreference: self) { box.value = await work() }
    run()
    return box.value
  }
}

// sound: written and read on the one thread of the executor.
private final class ValueBox<Value: Sendable>: @unchecked Sendable {
  var value: Value?
}
