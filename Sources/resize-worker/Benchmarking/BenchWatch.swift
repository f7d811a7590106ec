import ServiceLifecycle

/// Ends a run when all is confirmed, or nothing moves any more.
struct BenchWatch: Service {
  private static let patience = Duration.seconds(30)

  let progress: BenchProgress
  let label: String

  func run() async throws {
    let report = ProgressReport(label, total: progress.expected / 2)
    var latest = 0
    var moved = ContinuousClock.now
    while progress.figure == nil, !Task.isShuttingDownGracefully {
      let confirmed = progress.confirmed
      if confirmed > latest {
        latest = confirmed
        moved = .now
      }
      report.update(confirmed / 2)
      guard ContinuousClock.now - moved < Self.patience else {
        throw Problem(
          .didNotWorkOut,
          "nothing was confirmed for 30 s, after \((confirmed / 2).grouped) requests of "
            + "\((progress.expected / 2).grouped); is the broker blocked by an alarm?")
      }
      try await Task.sleep(for: .milliseconds(20))  // sound: looks at a count, ends with its task
    }
    report.finish(progress.confirmed / 2)
  }
}
