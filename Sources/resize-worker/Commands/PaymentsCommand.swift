import ArgumentParser
import Contracts
import Resizing
import Storage

struct PaymentsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "payments",
    abstract: "Stop or go on asking for payments and refunds, for all workers at once.",
    discussion: """
      While paused, nothing is lost: what is to be asked for stays in the outbox.

      Examples:
        resize-worker payments pause
        resize-worker payments resume
      """,
    subcommands: [Pause.self, Resume.self, Show.self], defaultSubcommand: Show.self)

  /// `payments pause`
  struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "No payment or refund leaves any worker from now on.")
    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Database") var store: StoreFlags
    @OptionGroup var author: OperatorFlag

    func run() async throws {
      try await PaymentsCommand.pause(
        true, try configuration.settings(store), by: author.operatorName)
    }
  }

  /// `payments resume`
  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Payments and refunds go on where they were.")
    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Database") var store: StoreFlags
    @OptionGroup var author: OperatorFlag

    func run() async throws {
      try await PaymentsCommand.pause(
        false, try configuration.settings(store), by: author.operatorName)
    }
  }

  /// `payments show`
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Whether they are paused.")
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Database") var store: StoreFlags

    func run() async throws {
      let settings = try configuration.settings(store)
      let switches = try await settings.withStore { try await $0.switches() }
      if json {
        let paused = JSONMember("paymentsPaused", .bool(switches.payments.isPaused))
        return OutputChannel.standard.json(.object([paused]))
      }
      OutputChannel.standard.line(
        switches.payments.isPaused ? "payments are paused" : "payments are not paused")
    }
  }

  private static func pause(
    _ isPaused: Bool, _ settings: Settings, by operatorName: String
  ) async throws {
    let position = SwitchPosition(
      isPaused: isPaused, changedBy: operatorName, changedAt: .now)
    try await settings.withStore { try await $0.set(.payments, to: position) }
    OutputChannel.standard.line(
      isPaused
        ? "payments are paused; every worker follows within seconds" : "payments go on")
  }
}
