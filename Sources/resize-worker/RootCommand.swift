import ArgumentParser

/// The one binary: parses the command line, runs the subcommand, and turns every error into one
/// sentence and an exit status.
@main
struct RootCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resize-worker",
    abstract:
      "Resizes cloud instances: charges or refunds exactly once, and tells what became of it.",
    discussion: """
      Exit status: 0 done, 1 it did not work out, 2 wrong use, 3 cannot reach what it needs.

      Settings come from a file (--config), the environment (RESIZE_WORKER_…) and flags, the \
      later ones winning; `resize-worker config show` prints them.
      """,
    version: version,
    groupedSubcommands: [
      CommandGroup(
        name: "Work", subcommands: [RunCommand.self, SubmitCommand.self, CancelCommand.self]),
      CommandGroup(
        name: "Look", subcommands: [QuoteCommand.self, StatusCommand.self, WatchCommand.self]),
      CommandGroup(
        name: "Operate",
        subcommands: [
          DoctorCommand.self, InventoryCommand.self, CatalogCommand.self, TopologyCommand.self,
          DeadLettersCommand.self, PaymentsCommand.self, IntakeCommand.self, LedgerCommand.self,
          BackupCommand.self, ConfigCommand.self, SandboxCommand.self, BenchCommand.self,
        ]),
    ])

  static let version = "0.1.0"

  static func main() async {
    StandardStreams.secure()
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      ExitStatus.done.end()
    } catch {
      end(with: error)
    }
  }

  /// Ends the process as the error asks for.
  private static func end(with error: any Error) -> Never {
    switch exitCode(for: error) {
    case .validationFailure:
      let message = fullMessage(for: error)
      OutputChannel.error.line(
        CommandLineSlip.message(Array(CommandLine.arguments.dropFirst()), insteadOf: message)
          ?? message)
      ExitStatus.usage.end()
    case .success:
      OutputChannel.standard.line(fullMessage(for: error))
      ExitStatus.done.end()
    default:
      if let status = (error as? ExitCode).flatMap({ ExitStatus(rawValue: $0.rawValue) }) {
        status.end()
      }
      let problem = Problem(error)
      OutputChannel.error.line("resize-worker: \(problem.message)")
      problem.status.end()
    }
  }
}
