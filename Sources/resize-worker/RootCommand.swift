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
      OutputChannel.error.line(
        unknownCommand(in: CommandLine.arguments.dropFirst()) ?? fullMessage(for: error))
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

  /// What to say of the first word where a subcommand should stand and none of that name is there.
  private static func unknownCommand(in arguments: some Sequence<String>) -> String? {
    var command: any ParsableCommand.Type = RootCommand.self
    var path = "resize-worker"
    for word in arguments {
      var subcommands: [String: any ParsableCommand.Type] = ["help": RootCommand.self]
      for subcommand in command.configuration.subcommands {
        subcommands[name(of: subcommand)] = subcommand
      }
      guard !word.hasPrefix("-"), word != "help", subcommands.count > 1 else { return nil }
      guard let next = subcommands[word] else {
        let nearest = word.nearest(among: subcommands.keys.sorted())
        return "resize-worker: there is no command `\(path) \(word.printable)`; "
          + (nearest.map { "did you mean `\(path) \($0)`?" } ?? "see `\(path) --help`")
      }
      command = next
      path += " \(word)"
    }
    return nil
  }

  /// As it is typed; a nested command has the name of its type.
  private static func name(of command: any ParsableCommand.Type) -> String {
    command.configuration.commandName ?? "\(command)".lowercased()
  }
}
