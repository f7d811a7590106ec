import ArgumentParser
import Foundation

/// What a command line has that there is not: a command, or an option of the command that it names.
///
/// ArgumentParser looks for such options last. Before, it misses what is lacking where the mistyped one
/// stands, and says only that.
enum CommandLineSlip {
  /// Names the first slip with what was probably meant.
  /// - Parameter message: What ArgumentParser says, which has the usage of the command.
  /// - Returns: Nil where everything is known.
  static func message(_ arguments: [String], insteadOf message: String) -> String? {
    var command: any ParsableCommand.Type = RootCommand.self
    var path = "resize-worker"
    for word in arguments {
      let subcommands = subcommands(of: command)
      guard !word.hasPrefix("-"), !subcommands.isEmpty else { break }
      guard word != "help" else { return nil }
      guard let next = subcommands[word] else {
        let nearest = word.nearest(among: subcommands.keys.sorted() + ["help"])
        return "resize-worker: there is no command `\(path) \(word.printable)`; "
          + (nearest.map { "did you mean `\(path) \($0)`?" } ?? "see `\(path) --help`")
      }
      command = next
      path += " \(word)"
    }
    let known = options(of: command)
    let given = arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }
      .map { String($0.prefix { $0 != "=" }) }
    guard let unknown = given.first(where: { !known.contains($0) }) else { return nil }
    let usage = message.range(of: "\nUsage:").map { message[$0.lowerBound...] } ?? ""
    if let owner = owner(of: unknown, in: arguments, below: command, path) {
      return "resize-worker: \(unknown) goes behind the command: `\(owner) \(unknown) …`"
    }
    return "resize-worker: `\(path)` has no option \(unknown.printable); "
      + (unknown.nearest(among: known).map { "did you mean \($0)?" } ?? "see `\(path) --help`")
      + usage
  }

  /// The command further on that has an option which stands before it.
  private static func owner(
    of option: String, in arguments: [String], below command: any ParsableCommand.Type,
    _ path: String
  ) -> String? {
    var command = command
    var path = path
    for word in arguments {
      guard let next = subcommands(of: command)[word] else { continue }
      command = next
      path += " \(word)"
    }
    return options(of: command).contains(option) ? path : nil
  }

  /// By their names as they are typed; a nested command has that of its type.
  private static func subcommands(
    of command: any ParsableCommand.Type
  ) -> [String: any ParsableCommand.Type] {
    let named = command.configuration.subcommands.map { subcommand in
      (subcommand.configuration.commandName ?? "\(subcommand)".lowercased(), subcommand)
    }
    return Dictionary(uniqueKeysWithValues: named)
  }

  /// The long names at the beginnings of the lines of a command's help, such as `  -o, --output <file>`.
  private static func options(of command: any ParsableCommand.Type) -> [String] {
    let command = command.configuration.defaultSubcommand ?? command
    let help = RootCommand.helpMessage(for: command, includeHidden: true, columns: 10_000)
    return help.split(separator: "\n").filter { $0.hasPrefix("  -") }.flatMap { line in
      (line.dropFirst(2).firstRange(of: "  ").map { line[..<$0.lowerBound] } ?? line)
        .split { " ,/".contains($0) }.map(String.init).filter { $0.hasPrefix("--") }
    }
  }
}
