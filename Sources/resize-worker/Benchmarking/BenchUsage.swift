import Foundation
import Glibc

/// A reading of the clocks: time, this process's processor time, and how busy the machine was.
struct BenchUsage: Sendable {
  private var time: ContinuousClock.Instant
  private var processSeconds: Double
  /// Ticks of all processors since the machine started, and how many of them were idle; nil where
  /// the system does not tell.
  private var machine: (total: Double, idle: Double)?

  static var now: BenchUsage {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return BenchUsage(
      time: .now, processSeconds: usage.ru_utime.seconds + usage.ru_stime.seconds,
      machine: machineTicks)
  }

  /// What passed between two readings.
  struct Spent: Sendable, Equatable {
    var seconds: Double
    var processSeconds: Double
    /// Of all processors, 0 to 1.
    var busyShare: Double?
  }

  func since(_ earlier: BenchUsage) -> Spent {
    var busyShare: Double?
    if let machine, let before = earlier.machine, machine.total > before.total {
      busyShare = 1 - (machine.idle - before.idle) / (machine.total - before.total)
    }
    return Spent(
      seconds: max((time - earlier.time) / .seconds(1), .leastNonzeroMagnitude),
      processSeconds: processSeconds - earlier.processSeconds, busyShare: busyShare)
  }

  /// The first line of `/proc/stat`: user, nice, system, idle, iowait, …
  private static var machineTicks: (total: Double, idle: Double)? {
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
      let line = text.split(separator: "\n").first, line.hasPrefix("cpu ")
    else { return nil }
    let ticks = line.split(separator: " ").dropFirst().compactMap { Double($0) }
    guard ticks.count >= 5 else { return nil }
    return (ticks.reduce(0, +), ticks[3] + ticks[4])
  }
}

extension timeval {
  fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1_000_000 }
}
