import Resizing

/// When each of the worker's duties is due next; one of a kind at a time.
struct Duties {
  private struct Entry {
    var interval: Int64
    var dueAt: Moment
    var isUnderWay: Bool
  }

  private var entries: [WorkerDuty: Entry]

  init(_ settings: WorkerSettings, now: Moment) {
    let intervals: [WorkerDuty: Int64] = [
      .timers: settings.timerInterval, .switches: settings.heartbeatInterval,
      .heartbeat: settings.heartbeatInterval, .adoption: max(settings.lease / 3, 1),
    ]
    entries = intervals.mapValues { Entry(interval: $0, dueAt: now, isUnderWay: false) }
  }

  /// - Returns: The duties to begin now, each once.
  mutating func begin(at now: Moment) -> [WorkerDuty] {
    var due: [WorkerDuty] = []
    for duty in WorkerDuty.allCases {
      guard let entry = entries[duty], !entry.isUnderWay, entry.dueAt <= now else { continue }
      entries[duty]?.isUnderWay = true
      due.append(duty)
    }
    return due
  }

  func isUnderWay(_ duty: WorkerDuty) -> Bool { entries[duty]?.isUnderWay ?? false }

  /// A duty was done; it is due again after its interval, at once where there is more of it.
  mutating func done(_ duty: WorkerDuty, at now: Moment, hasMore: Bool = false) {
    guard let entry = entries[duty] else { return }
    entries[duty]?.isUnderWay = false
    entries[duty]?.dueAt = hasMore ? now : now.adding(milliseconds: entry.interval)
  }

  /// Keeps what is left to wait the same.
  mutating func clockSetBack(by milliseconds: Int64) {
    entries = entries.mapValues { entry in
      var entry = entry
      entry.dueAt = entry.dueAt.adding(milliseconds: -milliseconds)
      return entry
    }
  }
}
