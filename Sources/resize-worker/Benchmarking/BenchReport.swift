import Contracts

/// What a benchmark found, for people and for programs.
struct BenchReport {
  let outcome: BenchRun.Outcome
  let verdict: BenchVerdict

  init(_ outcome: BenchRun.Outcome) {
    self.outcome = outcome
    verdict = BenchVerdict(
      whole: outcome.whole.requestsPerSecond,
      withoutBroker: outcome.withoutBroker.requestsPerSecond,
      withoutDisk: outcome.withoutDisk.requestsPerSecond, busyShare: outcome.whole.busyShare,
      ownShare: outcome.whole.ownShare)
  }

  private var runs: [(title: String, name: String, figure: BenchRun.Figure)] {
    [
      ("broker and store", "whole", outcome.whole),
      ("store alone, queues in this process", "withoutBroker", outcome.withoutBroker),
      ("broker alone, store in memory", "withoutDisk", outcome.withoutDisk),
    ]
  }

  func text(_ style: TextStyle) -> String {
    var table = TextTable(
      .init("RUN"), .init("REQUESTS/S", .right), .init("CPU µs/REQUEST", .right))
    for run in runs {
      table.append(
        .init(run.title), .init(Int(run.figure.requestsPerSecond).grouped),
        .init(run.figure.processorMicrosPerRequest.hundredths))
    }
    let latencies = outcome.latencies
    return table.text(style) + """

      At \(Int(latencies.perSecond).grouped) requests a second, from a request to its payment event: \
      half within \(latencies.median.milliseconds) ms, 99 % within \(latencies.p99.milliseconds) ms, \
      99.9 % within \(latencies.p999.milliseconds) ms.

      \(verdict.explanation)

      """
  }

  var json: JSONValue {
    .object(
      runs.map { run in
        JSONMember(
          run.name,
          .object([
            JSONMember("requestsPerSecond", .number("\(Int(run.figure.requestsPerSecond))")),
            JSONMember(
              "cpuMicrosPerRequest", .number(run.figure.processorMicrosPerRequest.hundredths)),
          ]))
      } + [
        JSONMember(
          "latencyMillisAtHalfLoad",
          .object([
            JSONMember("p50", .number(outcome.latencies.median.milliseconds)),
            JSONMember("p99", .number(outcome.latencies.p99.milliseconds)),
            JSONMember("p99.9", .number(outcome.latencies.p999.milliseconds)),
          ])),
        JSONMember("limit", .string(verdict.limit.rawValue)),
        JSONMember("explanation", .string(verdict.explanation)),
      ])
  }
}

extension UInt64 {
  /// Microseconds as milliseconds.
  fileprivate var milliseconds: String { (Double(self) / 1_000).hundredths }
}
