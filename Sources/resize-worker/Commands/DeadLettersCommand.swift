import AMQP
import ArgumentParser
import Contracts
import Resizing

struct DeadLettersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dead-letters",
    abstract: "Look at messages that nobody could carry out, send them back, or throw them away.",
    discussion: """
      Examples:
        resize-worker dead-letters list
        resize-worker dead-letters show r-17
        resize-worker dead-letters replay --reason UnknownRequest --dry-run
        resize-worker dead-letters export --all --output dead-letters.jsonl
        resize-worker dead-letters discard --reason MalformedRequest --older-than 30d
        resize-worker dead-letters log
      """,
    subcommands: [
      List.self, Show.self, Replay.self, Discard.self, Export.self, Log.self,
    ])

  /// `dead-letters list`
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The dead letters in groups, with an example of each.",
      discussion: """
        Looking changes nothing, and nobody else gets a letter while it is looked at.

        Examples:
          resize-worker dead-letters list
          resize-worker dead-letters list --group-by reason --group-by age
          resize-worker dead-letters list --json | jq -r .code | sort | uniq -c
        """)

    @Option(help: "Look at so many from the head of the queue, 1 to 1000000.")
    var limit = RowLimit(10_000)
    @Option(
      name: .customLong("group-by"),
      help: "What to tell them apart by, once for each. (default: reason, source, type)")
    var aspects: [DeadLetterGroups.Aspect] = []
    @Flag(help: "Print JSON, a line a letter, without the bodies.") var json = false
    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Broker") var broker: BrokerFlags

    func run() async throws {
      let settings = try configuration.settings(broker)
      var reading = DeadLetterReading(settings)
      let letters = try await reading.letters(limit: limit.count) { _ in true }
      if json {
        for letter in letters { OutputChannel.standard.json(letter.json) }
        return
      }
      guard !letters.isEmpty else {
        return OutputChannel.standard.line("there are no dead letters")
      }
      let groups = DeadLetterGroups(
        letters, by: aspects.isEmpty ? [.reason, .source, .type] : aspects, at: .now)
      OutputChannel.standard.write(groups.table(at: .now).text(settings.style))
      if letters.count == limit.count {
        OutputChannel.error.line("there may be more: --limit \(limit.count * 10)")
      }
    }
  }

  /// `dead-letters show`
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "One dead letter with all its reasons and its bytes.",
      discussion: """
        Examples:
          resize-worker dead-letters show r-17       # by its request id or message id
          resize-worker dead-letters show 3          # by its place in the queue
        """)

    @Argument(help: "Its message id, its request id, or its place in the queue.")
    var letter: String
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Broker") var broker: BrokerFlags

    func run() async throws {
      let settings = try configuration.settings(broker)
      var reading = DeadLetterReading(settings)
      var place = 0
      var found: (letter: FoundDeadLetter, delivery: Delivery, place: Int)?
      try await reading.each(limit: .max) { candidate, delivery in
        place += 1
        let isMeant =
          candidate.id == letter || candidate.requestId == letter || String(place) == letter
        if isMeant { found = (candidate, delivery, place) }
        return !isMeant
      }
      guard let found else {
        throw Problem(
          .didNotWorkOut,
          "no dead letter \(letter.printable) is among the \(place.grouped) that there are; "
            + "see `resize-worker dead-letters list`")
      }
      if json {
        return OutputChannel.standard.json(found.letter.exported(from: found.delivery))
      }
      for (name, value) in [("place", String(found.place))] + found.letter.facts {
        OutputChannel.standard.line(name.padded(to: 12) + value.printable)
      }
      OutputChannel.standard.line()
      OutputChannel.standard.line(found.delivery.bodyText)
    }
  }
}
