import Resizing
import Worker

/// The machine's own clock.
struct SystemClock: WorkerClock {
  func now() -> Moment { .now }

  func sleep(milliseconds: Int64) async throws {
    try await Task.sleep(for: .milliseconds(milliseconds))
  }
}
