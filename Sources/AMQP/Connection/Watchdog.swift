import Glibc
import Synchronization

/// Shuts down the socket of a connection whose thread is stuck in a library call.
///
/// librabbitmq can wait for ever to send to a silent peer. One thread of the process looks at all
/// connections each half second; a call past its deadline finds its socket shut down and fails.
final class Watchdog: Sendable {
  static let shared = Watchdog()

  /// The part of a connection that the watchdog may touch.
  final class Watch: Sendable {
    /// A duplicate, so that its number cannot be reused by somebody else meanwhile.
    fileprivate let descriptor: Int32
    fileprivate let deadline = Atomic<UInt64>(.max)

    fileprivate init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// From here on, the socket dies at `deadline` unless disarmed or armed anew.
    func arm(until deadline: MonotonicTime) {
      self.deadline.store(deadline.nanoseconds, ordering: .relaxed)
    }

    func disarm() { deadline.store(.max, ordering: .relaxed) }
  }

  private struct State {
    var watches: [ObjectIdentifier: Watch] = [:]
    var isRunning = false
  }

  private let state = Mutex(State())

  /// Watches the socket until ``forget(_:)``.
  func watch(descriptor: Int32) throws(AMQPError) -> Watch {
    let duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard duplicate >= 0 else {
      throw AMQPError(
        .outOfResources, "A broker connection needs one more file: raise the limit of open files.")
    }
    let watch = Watch(descriptor: duplicate)
    let mustStart = state.withLock { state in
      state.watches[ObjectIdentifier(watch)] = watch
      defer { state.isRunning = true }
      return !state.isRunning
    }
    if mustStart {
      do throws(AMQPError) {
        try ConnectionThread.start(named: "watchdog") { self.run() }
      } catch {
        state.withLock { $0.isRunning = false }
        forget(watch)
        throw error
      }
    }
    return watch
  }

  func forget(_ watch: Watch) {
    state.withLock { _ = $0.watches.removeValue(forKey: ObjectIdentifier(watch)) }
  }

  private func run() {
    while true {
      let mayEnd = state.withLock { state in
        let now = MonotonicTime.now.nanoseconds
        for watch in state.watches.values
        where watch.deadline.load(ordering: .relaxed) < now {
          shutdown(watch.descriptor, Int32(SHUT_RDWR))
          watch.disarm()
        }
        if state.watches.isEmpty { state.isRunning = false }
        return state.watches.isEmpty
      }
      if mayEnd { return }
      usleep(500_000)
    }
  }
}
