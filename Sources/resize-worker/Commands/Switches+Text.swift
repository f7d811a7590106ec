import Contracts
import Resizing
import Storage

extension SwitchPosition {
  /// In words: paused or not, by whom and since when.
  var summary: String {
    let who = changedBy.map { " by \($0.printable)" } ?? ""
    let since = changedAt.map { " since \($0.instant.rfc3339)" } ?? ""
    if isPaused { return "paused" + who + since }
    return changedAt == nil ? "not paused" : "not paused, resumed" + who + since
  }

  var members: [JSONMember] {
    [
      JSONMember("paused", .bool(isPaused)),
      JSONMember("changedBy", changedBy.map { .string($0) } ?? .null),
      JSONMember("changedAt", changedAt.map { .string($0.instant.rfc3339) } ?? .null),
    ]
  }
}

extension BreakerState {
  /// In words: its state, why, and what comes next.
  var summary: String {
    let time = since.map { " since \($0.instant.rfc3339)" } ?? ""
    let cause = "\(failed) of \(outcomes) payments failed or were not answered"
    let end = until?.instant.rfc3339 ?? "?"
    switch phase {
    case .closed:
      return "closed" + time
    case .open where (until ?? .now) <= .now:
      return "open\(time): \(cause); the next payment that is due is the probe"
    case .open:
      return "open\(time): \(cause); next probe \(end)"
    case .halfOpen:
      let prober = worker.map { String($0.prefix { $0 != "#" }) } ?? "a worker"
      return "half-open\(time): \(prober) lets a few through, and waits for an answer until \(end)"
    }
  }

  var json: JSONValue {
    func time(_ moment: Moment?) -> JSONValue {
      moment.map { .string($0.instant.rfc3339) } ?? .null
    }
    return .object([
      JSONMember("state", .string(phase.rawValue)), JSONMember("since", time(since)),
      JSONMember("nextProbe", time(phase == .open ? until : nil)),
      JSONMember("answerBy", time(phase == .halfOpen ? until : nil)),
      JSONMember("openings", .number(String(openings))),
      JSONMember("failed", .number(String(failed))),
      JSONMember("outcomes", .number(String(outcomes))),
    ])
  }
}
