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
  private let wake: WakePipe

  init(named name: String) throws(PostgresError) {
    wake = try WakePipe()
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

/// Puts a thread to sleep until another one wakes it.
private final class WakePipe: Sendable {
  private let readEnd: Int32
  private let writeEnd: Int32

  init() throws(PostgresError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw PostgresError(
        .outOfResources,
        "No pipe could be opened for a database connection: raise the limit of open files.")
    }
    (readEnd, writeEnd) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(writeEnd, F_SETFL, O_NONBLOCK)
  }

  deinit {
    close(readEnd)
    close(writeEnd)
  }

  /// Never blocks: a full pipe wakes as well as one byte more would.
  func signal() {
    var byte: UInt8 = 1
    _ = write(writeEnd, &byte, 1)
  }

  /// Sleeps until there was a signal since the last call, and takes all of them out.
  func wait() {
    withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
      while read(readEnd, buffer.baseAddress, buffer.count) < 0 && errno == EINTR {}
    }
  }
}
