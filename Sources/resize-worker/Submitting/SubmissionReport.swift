import Contracts
import Resizing

/// What became of a submission, for people and for programs.
struct SubmissionReport {
  /// More requests than this are summed up instead of listed.
  private static let longestList = 60

  let submission: Submission

  var text: TextTable {
    submission.entries.count <= Self.longestList ? list : summary
  }

  /// One row a request; a last column says where it is not as expected.
  private var list: TextTable {
    var table = TextTable(
      .init("REQUEST"), .init("INSTANCE", leftOut: 2), .init("ASKED", leftOut: 3), .init("OUTCOME"),
      .init("AMOUNT", .right), .init("REASON", leftOut: 4), .init("WORKER", leftOut: 1))
    let expects = submission.entries.contains { $0.item.expected != nil }
    if expects { table.columns.append(.init("AS EXPECTED")) }
    for entry in submission.entries {
      let status = entry.latest?.status
      var row: [TextTable.Cell] = [
        .init(entry.item.request.requestId), .init(entry.item.request.instanceId),
        .init(entry.item.request.target.summary),
        .init(status?.rawValue ?? "no answer", status?.tone ?? .bad),
        .init(entry.latest?.amount ?? "–"), .init(entry.latest?.remark ?? ""),
        .init(entry.taker ?? ""),
      ]
      if expects {
        let differences = entry.differences.joined(separator: "; ")
        let isExpected = entry.item.expected != nil
        row.append(
          differences.isEmpty ? .init(isExpected ? "yes" : "", .good) : .init(differences, .bad))
      }
      table.rows.append(row)
    }
    return table
  }

  /// How many had which outcome, and which worker took how many.
  private var summary: TextTable {
    var outcomes: [[String]: Int] = [:]
    var workers: [String: Int] = [:]
    for entry in submission.entries {
      let status = entry.latest?.status.rawValue ?? "no answer"
      outcomes[[status, entry.latest?.reasonCode ?? ""], default: 0] += 1
      if let taker = entry.taker { workers[taker, default: 0] += 1 }
    }
    var table = TextTable(.init("WHAT"), .init("REASON"), .init("REQUESTS", .right))
    for (outcome, count) in outcomes.sorted(by: { $0.value > $1.value }) {
      table.append(.init(outcome[0]), .init(outcome[1]), .init(count.grouped))
    }
    for (worker, count) in workers.sorted(by: { $0.key < $1.key }) {
      table.append(.init("taken by \(worker)"), "", .init(count.grouped))
    }
    return table
  }

  /// One document a request, a line each.
  func writeJSON(to output: OutputChannel) {
    for entry in submission.entries {
      output.json(
        .object(some: [
          ("requestId", .string(entry.item.request.requestId)),
          ("instanceId", .string(entry.item.request.instanceId)),
          ("confirmed", .bool(entry.isConfirmed)),
          ("worker", entry.taker.map { .string($0) }), ("status", entry.latest?.data),
          ("asExpected", entry.item.expected == nil ? nil : .bool(entry.differences.isEmpty)),
        ]))
    }
  }

  /// - Throws: `Problem` if not every request came out as it should.
  func judge() throws(Problem) {
    let total = submission.entries.count
    let bad = submission.entries.filter { !$0.isGood }
    guard !bad.isEmpty else { return }
    let silent = bad.count { !$0.isEnded }
    if silent > 0 {
      throw Problem(
        .didNotWorkOut,
        "\(silent.grouped) of \(total.grouped) have not ended in time; is a worker running? "
          + "See `resize-worker status ID`")
    }
    if total == 1, let status = bad[0].latest {
      throw Problem(
        .didNotWorkOut,
        (bad[0].differences.first ?? "\(status.reasonCode ?? status.status.rawValue): "
          + (status.reasonText ?? "see `resize-worker status \(status.requestId)`")).printable)
    }
    let expects = bad.contains { $0.item.expected != nil }
    throw Problem(
      .didNotWorkOut,
      "\(bad.count.grouped) of \(total.grouped) did not "
        + (expects ? "end as expected" : "complete"))
  }
}
