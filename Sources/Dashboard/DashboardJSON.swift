import Contracts
import Resizing
import Storage

/// The JSON of the dashboard's API.
enum DashboardJSON {
  static func health(_ report: HealthReport) -> [UInt8] {
    write(
      .object([
        JSONMember("ready", .bool(report.isReady)),
        JSONMember(
          "checks",
          .array(
            report.checks.map { check in
              .object([
                JSONMember("name", .string(check.name)), JSONMember("ok", .bool(check.isFine)),
                JSONMember("message", .string(check.message)),
              ])
            })),
      ]))
  }

  static func statistics(_ statistics: StoreStatistics, _ switches: Switches) -> [UInt8] {
    let states = ResizeState.allCases.map {
      JSONMember($0.rawValue, .number(String(statistics.resizes[$0] ?? 0)))
    }
    return write(
      .object([
        JSONMember("resizes", .object(states)),
        JSONMember("needingAttention", .number(String(statistics.needingAttention))),
        JSONMember("timersDue", .number(String(statistics.timersDue))),
        JSONMember("outboxMessages", .number(String(statistics.outboxRows))),
        JSONMember("oldestOutbox", time(statistics.oldestOutbox)),
        JSONMember("outboxPayments", .number(String(statistics.outboxPayments))),
        JSONMember("outboxPagesSetAside", .number(String(statistics.setAsidePages.count))),
        JSONMember("paymentsPaused", .bool(switches.payments.isPaused)),
        JSONMember("intakePaused", .bool(switches.intake.isPaused)),
        JSONMember("paymentsBreaker", .string(switches.breaker.phase.rawValue)),
        JSONMember("instances", .number(String(statistics.instances))),
        JSONMember(
          "workers",
          .array(
            statistics.workers.map { worker in
              .object([
                JSONMember("name", .string(String(worker.worker.prefix { $0 != "#" }))),
                JSONMember("startedAt", time(worker.startedAt)),
                JSONMember("beatAt", time(worker.beatAt)),
              ])
            })),
      ]))
  }

  static func resizes(_ resizes: [Resize]) -> [UInt8] {
    write(.array(resizes.map { .object(members(of: $0)) }))
  }

  static func course(_ resize: Resize, _ timeline: [TimelineRow]) -> [UInt8] {
    let lines = (resize.assessment?.lines ?? []).map { line -> JSONValue in
      .object([JSONMember("text", .string(line.text)), JSONMember("value", .string(line.value))])
    }
    let rows = timeline.map { row -> JSONValue in
      .object([
        JSONMember("at", time(row.entry.at)), JSONMember("event", .string(row.entry.event)),
        JSONMember("state", .string(row.entry.state.rawValue)),
        JSONMember("worker", .string(String(row.workerName))),
        JSONMember("detail", row.entry.detail.map { .string($0) } ?? .null),
      ])
    }
    return write(
      .object(
        members(of: resize) + [
          JSONMember("lines", .array(lines)), JSONMember("timeline", .array(rows)),
        ]))
  }

  static func problem(_ message: String) -> [UInt8] {
    write(.object([JSONMember("error", .string(message))]))
  }

  private static func members(of resize: Resize) -> [JSONMember] {
    [
      JSONMember("requestId", .string(resize.requestId)),
      JSONMember("tenantId", .string(resize.request.tenantId)),
      JSONMember("instanceId", .string(resize.request.instanceId)),
      JSONMember("status", .string(resize.state.rawValue)),
      JSONMember("requestedAt", time(resize.requestedAt)),
      JSONMember("updatedAt", time(resize.updatedAt)),
      JSONMember("amount", resize.assessment.map { .string($0.quote.summary) } ?? .null),
      JSONMember("reason", reason(resize.reason)),
      JSONMember("attention", reason(resize.attention)),
    ]
  }

  private static func reason(_ reason: Reason?) -> JSONValue {
    guard let reason else { return .null }
    return .object([
      JSONMember("code", .string(reason.code)), JSONMember("message", .string(reason.message)),
    ])
  }

  private static func time(_ moment: Moment?) -> JSONValue {
    moment.map { .string($0.instant.rfc3339) } ?? .null
  }

  private static func write(_ value: JSONValue) -> [UInt8] {
    var writer = JSONWriter()
    writer.value(value)
    return writer.bytes
  }
}
