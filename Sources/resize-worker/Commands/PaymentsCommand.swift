import ArgumentParser
import Resizing
import Storage

struct PaymentsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "payments",
    abstract: "Stop or go on asking for payments and refunds, see how they fare, ask again.",
    discussion: """
      While paused, and while the breaker is open, nothing is lost: what is to be asked for stays \
      where it is, and no attempt is counted.

      Examples:
        resize-worker payments status
        resize-worker payments pause --by ann
        resize-worker payments resume
        resize-worker payments retry 002-upgrade
      """,
    subcommands: [Pause.self, Resume.self, PaymentsStatusCommand.self, PaymentsRetryCommand.self],
    defaultSubcommand: PaymentsStatusCommand.self)

  /// `payments pause`
  struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "No payment or refund leaves any worker from now on.")
    @OptionGroup var flags: SwitchFlags

    func run() async throws {
      try await flags.turn(.payments, isPaused: true)
      OutputChannel.standard.line("payments are paused; every worker follows within 2 s")
    }
  }

  /// `payments resume`
  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Payments and refunds go on where they were.")
    @OptionGroup var flags: SwitchFlags

    func run() async throws {
      try await flags.turn(.payments, isPaused: false)
      OutputChannel.standard.line("payments go on")
    }
  }
}
