import AMQP
import ArgumentParser
import Contracts

struct DeadLettersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dead-letters",
    abstract: "Look at messages that nobody could carry out; they stay where they are.",
    subcommands: [List.self, Show.self])

  /// `dead-letters list`
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The dead letters grouped by reason, with an example of each.",
      discussion: """
        Examples:
          resize-worker dead-letters list
          resize-worker dead-letters list --json | jq .reason
        """)

    @Option(help: "Look at so many from the head of the queue.") var limit = 1_000
    @Flag(help: "Print JSON, a line a letter.") var json = false
    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Broker") var broker: BrokerFlags

    func validate() throws {
      guard limit > 0 else { throw ValidationError("--limit should be 1 or more.") }
    }

    func run() async throws {
      let settings = try configuration.settings(broker)
      let letters = try await FoundDeadLetter.peek(settings, limit: limit)
      if json {
        for letter in letters { OutputChannel.standard.json(letter.json) }
        return
      }
      guard !letters.isEmpty else {
        return OutputChannel.standard.line("there are no dead letters")
      }
      var table = TextTable(
        .init("LETTERS", .right), .init("REASON"), .init("CAME FROM"), .init("LAST"),
        .init("FOR EXAMPLE"))
      let groups = Dictionary(grouping: letters) { [$0.reasonCode, $0.source] }
      for (_, group) in groups.sorted(by: { $0.value.count > $1.value.count }) {
        guard let last = group.last else { continue }
        table.append(
          .init(group.count.grouped), .init(last.reasonCode, .bad), .init(last.source),
          .init(last.firstDeadAt), .init("#\(last.number) \(last.reason)"))
      }
      OutputChannel.standard.write(table.text(settings.style))
      if letters.count == limit {
        OutputChannel.error.line("there may be more: --limit \(limit * 10)")
      }
    }
  }

  /// `dead-letters show`
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "One dead letter with its reason and its bytes.",
      discussion: """
        Examples:
          resize-worker dead-letters show 3          # by its place in the queue
          resize-worker dead-letters show r-17       # by its message or request id
        """)

    @Argument(help: "Its number in the queue, its message id or request id.") var letter: String
    @Option(help: "Look at so many from the head of the queue.") var limit = 10_000
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Broker") var broker: BrokerFlags

    func run() async throws {
      let settings = try configuration.settings(broker)
      let letters = try await FoundDeadLetter.peek(settings, limit: limit)
      let found = letters.first {
        String($0.number) == letter || $0.messageId == letter || $0.requestId == letter
      }
      guard let found else {
        throw Problem(
          .didNotWorkOut,
          "no dead letter \(letter.printable) is among the first \(letters.count.grouped); "
            + "see `resize-worker dead-letters list`")
      }
      if json { return OutputChannel.standard.json(found.json) }
      for (name, value) in found.facts where !value.isEmpty {
        OutputChannel.standard.line(name.padded(to: 12) + value.printable)
      }
      OutputChannel.standard.line()
      OutputChannel.standard.line(found.bodyText)
    }
  }
}
