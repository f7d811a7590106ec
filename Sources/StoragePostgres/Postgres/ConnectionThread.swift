import Dispatch
import Glibc
import Synchronization

/// The one thread on which a connection's calls block, so that none of Swift's own threads ever does.
///
/// As the executor of an actor it runs that actor's jobs in the order they come. It lives until
/// `end()`; jobs that are waiting then are still run.
final class ConnectionThread: SerialExecutor {
  private struct Queue {
    var jobs: [UnownedJob] = []
    var isEnding = false
  }

  private let queue = Mutex(Queue())
  // sound: the one thread that waits for it is its own, none of Swift's.
  private let wake = DispatchSemaphore(value: 0)

  init(named name: String) throws(PostgresError) {
    let body = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<ConnectionThread>.fromOpaque(context).takeRetainedValue().serve()
        return nil
      }, body.toOpaque())
    guard status == 0 else {
      body.release()
      throw PostgresError(.outOfResources, "No thread could be started for \(name).")
    }
    pthread_detach(thread)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isFirst = queue.withLock { queue in
      queue.jobs.append(job)
      return queue.jobs.count == 1
    }
    if isFirst { wake.signal() }
  }

  /// Lets the thread end after what waits for it; may be called from anywhere, any number of times.
  func end() {
    queue.withLock { $0.isEnding = true }
    wake.signal()
  }

  private func serve() {
    while true {
      wake.wait()
      let (jobs, isEnding) = queue.withLock { queue in
        defer { queue.jobs.removeAll() }
        return (queue.jobs, queue.isEnding)
      }
      for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
      if isEnding && jobs.isEmpty { return }
      // What came while these ran found the queue empty and has signaled.
      if isEnding { wake.signal() }
    }
  }
}
