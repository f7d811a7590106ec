import ArgumentParser
import Storage

struct LedgerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger",
    abstract: "Verify the ledger, or show its accounts and entries.",
    subcommands: [Verify.self, Balance.self, Show.self])

  /// `ledger balance`
  struct Balance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Where every account stands, and what all of them add up to.",
      discussion: """
        cash:TENANT is what was paid less what was refunded, revenue:TENANT what was earned.

        Examples:
          resize-worker ledger balance
          resize-worker ledger balance --json | jq .minorUnits
        """)

    @Flag(help: "Print JSON, a line an account.") var json = false
    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Database") var store: StoreFlags

    func run() async throws {
      let settings = try configuration.settings(store)
      var table = TextTable(
        .init("ACCOUNT"), .init("ENTRIES", .right), .init("DEBIT", .right), .init("CREDIT", .right),
        .init("CURRENCY"))
      var totals = LedgerTotals()
      try await settings.withStore { store in
        var last: LedgerAccount?
        while true {
          let heads = try await store.ledgerHeads(after: last, limit: 1_000)
          for head in heads {
            // Each account has to follow on the one before, or there is no end.
            guard last.map({ $0 < head.account }) ?? true else {
              throw Problem(
                .unreachable,
                "the accounts cannot be read on at \("\(head.account)".printable), whose name or "
                  + "currency is no text; see `resize-worker ledger verify`")
            }
            last = head.account
            if json { OutputChannel.standard.json(head.json) } else { table.append(head) }
            totals.add(head)
          }
          guard !heads.isEmpty else { return }
        }
      }
      guard !json else { return }
      table.append(totals)
      OutputChannel.standard.write(table.text(settings.style))
    }
  }

  /// `ledger show`
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The entries of an account, the last ones, or of a request.",
      discussion: """
        Examples:
          resize-worker ledger show cash:tenant-acme
          resize-worker ledger show 002-upgrade
        """)

    @Argument(help: "An account's name or a request's id.") var name: String
    @Option(help: "Show at most so many entries of an account, 1 to 1000000.")
    var limit = RowLimit(100)
    @Flag(help: "Print JSON, a line an entry.") var json = false
    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Database") var store: StoreFlags

    func run() async throws {
      let settings = try configuration.settings(store)
      let rows = try await settings.withStore { store in
        try await LedgerExtract(of: store).rows(of: name, limit: limit.count)
      }
      guard !rows.isEmpty else {
        throw Problem(
          .didNotWorkOut,
          "no entry of an account or request \(name.printable) is in the ledger; check the name")
      }
      if json {
        for row in rows { OutputChannel.standard.json(row.json) }
        return
      }
      OutputChannel.standard.write(TextTable(of: rows).text(settings.style))
    }
  }
}
