import ArgumentParser
import Contracts
import Resizing
import Storage

struct IntakeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "intake",
    abstract: "Stop or go on taking new requests, for all workers at once.",
    discussion: """
      While paused, requests and cancellations wait in their queue; what was taken before goes on \
      to its end. Settlements, apply reports and inventory are taken all the same. So a system is \
      drained before maintenance.

      Examples:
        resize-worker intake pause --by ann
        resize-worker intake status --json
        resize-worker intake resume
      """,
    subcommands: [Pause.self, Resume.self, Status.self], defaultSubcommand: Status.self)

  /// `intake pause`
  struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "No worker takes a new request from now on.")
    @OptionGroup var flags: SwitchFlags

    func run() async throws {
      try await flags.turn(.intake, isPaused: true)
      OutputChannel.standard.line("intake is paused; every worker follows within 2 s")
    }
  }

  /// `intake resume`
  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Requests are taken again.")
    @OptionGroup var flags: SwitchFlags

    func run() async throws {
      try await flags.turn(.intake, isPaused: false)
      OutputChannel.standard.line("new requests are taken again")
    }
  }

  /// `intake status`
  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Whether it is paused, by whom, and what is still under way.")
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Database") var store: StoreFlags

    func run() async throws {
      let settings = try configuration.settings(store)
      let (switches, statistics) = try await settings.withStore { store in
        (try await store.switches(), try await store.statistics(now: .now))
      }
      let underWay = ResizeState.allCases.filter { !$0.isEnd }
        .map { statistics.resizes[$0] ?? 0 }.reduce(0, +)
      if json {
        return OutputChannel.standard.json(
          .object(
            switches.intake.members + [
              JSONMember("resizesUnderWay", .number(String(underWay))),
              JSONMember("outboxMessages", .number(String(statistics.outboxRows))),
            ]))
      }
      let output = OutputChannel.standard
      output.line("intake     \(switches.intake.summary)")
      output.line("under way  \(underWay.counted("resize"))")
      output.line("outbox     \(statistics.outboxRows.counted("message"))")
    }
  }
}
