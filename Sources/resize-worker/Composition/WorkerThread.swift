import Dispatch
import Glibc
import ServiceLifecycle
import Synchronization

/// One thread for everything a worker does between its queues and its store.
///
/// On the pool of Swift's tasks each step of a batch (loaded, decided, committed, published) may find itself on another thread, which
/// the system has to wake first. Where the broker and its clients take both cores, that is what a request waits for; and the steps of
/// one worker never run beside each other anyway.
final class WorkerThread: TaskExecutor {
  /// Of the whole process, and never ended: whatever was enqueued is run. Nil where the system starts no thread; then the pool it is.
  static let shared: WorkerThread? = {
    let thread = WorkerThread()
    return thread.start() ? thread : nil
  }()

  private let jobs = Mutex<[UnownedJob]>([])
  // sound: waited for by this thread alone, which runs no task then; whoever enqueues never waits.
  private let wake = DispatchSemaphore(value: 0)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let wasEmpty = jobs.withLock { jobs in
      defer { jobs.append(job) }
      return jobs.isEmpty
    }
    if wasEmpty { wake.signal() }
  }

  private func start() -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let context = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { context in
        guard let context else { return nil }
        Unmanaged<WorkerThread>.fromOpaque(context).takeRetainedValue().run()
      }, context.toOpaque())
    guard status == 0 else {
      context.release()
      return false
    }
    return true
  }

  private func run() -> Never {
    while true {
      wake.wait()
      let jobs = jobs.withLock { jobs in
        defer { jobs = [] }
        return jobs
      }
      for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
  }
}

/// A service all of whose steps run on a thread of its own.
struct OnWorkerThread<Base: Service>: Service {
  let base: Base

  func run() async throws {
    try await withTaskExecutorPreference(WorkerThread.shared) { try await base.run() }
  }
}
