import ArgumentParser
import Contracts
import Storage

extension LedgerCommand {
  /// `ledger verify`
  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Find everything in the ledger that is not as it was written.",
      discussion: """
        Reads every entry: its hash, its place in the chain of its account, the sum of its \
        movement, the record of its resize. May run beside workers. Ends with 1 if something is wrong.

        What --json prints has the end of every account. Keep it where nobody who can write the \
        database can; --against then shows whether the history before it is still the same.

        Examples:
          resize-worker ledger verify
          resize-worker ledger verify --json > heads.jsonl
          resize-worker ledger verify --against heads.jsonl
        """)

    @Flag(help: "Print JSON, a line for each finding, account, and in the end the sums.")
    var json = false
    @Option(help: "What --json printed once; - is standard input.") var against: String?
    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Database") var store: StoreFlags

    func run() async throws {
      let settings = try configuration.settings(store)
      let kept = try against.map { try LedgerHeads.read(from: $0) } ?? []
      let progress = ProgressReport("verified entries and resizes", total: nil)
      let summary = try await settings.withStore { store in
        try await LedgerVerification(of: store, against: kept).run { observation in
          show(observation, progress, settings.style)
        }
      }
      progress.finish(summary.entries + summary.resizes)
      if json {
        OutputChannel.standard.json(summary.json)
      } else {
        OutputChannel.standard.line(
          summary.text + (kept.isEmpty ? "" : ", held against \(kept.count.counted("kept head"))"))
      }
      guard summary.findings == 0 else { throw ExitCode(ExitStatus.didNotWorkOut.rawValue) }
    }

    private func show(
      _ observation: LedgerObservation, _ progress: ProgressReport, _ style: TextStyle
    ) {
      switch observation {
      case .progress(let summary): progress.update(summary.entries + summary.resizes)
      case .head(let head): if json { OutputChannel.standard.json(head.json) }
      case .finding(let finding):
        if json {
          OutputChannel.standard.json(finding.json)
        } else {
          OutputChannel.standard.line(style.paint(finding.description.printable, .bad))
        }
      }
    }
  }
}

extension LedgerSummary {
  fileprivate var text: String {
    let what =
      "\(entries.grouped) entries in \(accounts.counted("account")), "
      + "\(resizes.counted("resize"))"
    return findings == 0
      ? "\(what): all as it was written" : "\(what): \(findings.counted("finding"))"
  }
}
