import Resizing
import Worker

/// The machine's own clock.
struct SystemClock: WorkerClock {
  func now() -> Moment { .now }

  func sleep(milliseconds: Int64) async throws {
    // The one wait of a worker; tests and simulations have clocks of their own.
    try await Task.sleep(for: .milliseconds(milliseconds))  // sound: ends with its task
  }
}
