import Resizing
import Storage

extension PostgresStore {
  public func timeline(requestId: String) async throws(StoreError) -> [TimelineRow] {
    try await view([Statement.timeline(of: requestId)]) { answers throws(PostgresError) in
      var timeline: [TimelineRow] = []
      for row in answers[0] {
        guard let state = ResizeState(rawValue: row.text(at: 4)) else {
          throw unreadable("the timeline of \(requestId)", "its state is unknown")
        }
        let entry = TimelineEntry(
          requestId: requestId, at: row.moment(at: 2),
          event: row.text(at: 3), state: state, detail: row.optionalText(at: 5))
        timeline.append(
          TimelineRow(number: row.integer(at: 0), worker: row.text(at: 1), entry: entry))
      }
      return timeline
    }
  }

  public func resizes(matching filter: ResizeFilter) async throws(StoreError) -> [Resize] {
    try await view([Statement.resizes(matching: filter)]) { answers throws(PostgresError) in
      var resizes: [Resize] = []
      for row in answers[0] { resizes.append(try Resize(row: row)) }
      return resizes
    }
  }

  public func instances(
    after: String?, limit: Int
  ) async throws(StoreError) -> [InstanceRecord] {
    let call = Statement.instances(after: after ?? "", limit: limit)
    return try await view([call]) { answers throws(PostgresError) in
      var instances: [InstanceRecord] = []
      for row in answers[0] { instances.append(try InstanceRecord(row: row)) }
      return instances
    }
  }

  public func statistics(now: Moment) async throws(StoreError) -> StoreStatistics {
    let calls = [
      Statement.resizesByState.call(), Statement.counts(now: now), Statement.workers.call(),
      Statement.pagesSetAside.call(),
    ]
    return try await view(calls.onOneSnapshot) { answers in
      var statistics = StoreStatistics()
      for row in answers[1] {
        guard let state = ResizeState(rawValue: row.text(at: 0)) else { continue }
        statistics.resizes[state] = Int(row.integer(at: 1))
      }
      for row in answers[2] {
        statistics.needingAttention = Int(row.integer(at: 0))
        statistics.timersDue = Int(row.integer(at: 1))
        statistics.outboxRows = Int(row.integer(at: 2))
        statistics.outboxPayments = Int(row.integer(at: 3))
        statistics.oldestOutbox = row.optionalMoment(at: 4)
        statistics.instances = Int(row.integer(at: 5))
      }
      statistics.workers = answers[3].map { row in
        WorkerHeartbeat(
          worker: row.text(at: 0), startedAt: row.moment(at: 1), beatAt: row.moment(at: 2),
          paymentsAnswered: Int(row.integer(at: 3)), paymentsFailed: Int(row.integer(at: 4)))
      }
      statistics.setAsidePages = answers[4].map(SetAsidePage.init)
      return statistics
    }
  }
}
