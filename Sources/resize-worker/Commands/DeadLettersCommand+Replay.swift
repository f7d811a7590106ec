import ArgumentParser
import Resizing
import Storage

extension DeadLettersCommand {
  /// `dead-letters replay`
  struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Send dead letters back to the queues they came from; confirmed and recorded.",
      discussion: """
        A message goes back as it came: same id, same body, counts of deliveries and attempts at \
        zero. It leaves the dead letters when the broker has confirmed it and the database has \
        recorded it; if anything fails in between it may be in both places, and doing it again \
        does no harm. One that fails again comes back with all its reasons.

        Settlements, apply reports and inventory changes are believed from accounts that trust.* \
        names. A replayed message names none, unless --vouch puts the account of broker.url there.

        Examples:
          resize-worker dead-letters replay r-17
          resize-worker dead-letters replay --reason UnknownRequest --dry-run
          resize-worker dead-letters replay --source resize.applied --rate 50
          resize-worker dead-letters replay --all --by "alice, ticket 4711"
        """)

    @OptionGroup(title: "Which") var selection: DeadLetterSelection
    @Flag(help: "Only show what would be sent back.") var dryRun = false
    @Option(help: ArgumentHelp("At most so many a second.", valueName: "number")) var rate: Int?
    @Flag(help: "Publish them as the account of broker.url (user_id).") var vouch = false
    @OptionGroup var author: OperatorFlag
    @Flag(help: "Print JSON, a line a letter.") var json = false
    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Broker") var broker: BrokerFlags
    @OptionGroup(title: "Database") var store: StoreFlags

    func validate() throws {
      guard rate.map({ $0 > 0 }) ?? true else {
        throw ValidationError("--rate should be 1 or more messages a second.")
      }
    }

    func run() async throws {
      let settings = try configuration.settings(broker, store)
      let letters = try await selection.letters(settings)
      if dryRun {
        return DeadLettersCommand.preview(letters, "would be replayed", settings, json: json)
      }
      try await DeadLettersCommand.carryOut(
        .replay(vouching: vouch), on: letters, settings, by: author.operatorName, rate: rate,
        json: json)
      try selection.requireAll(in: letters)
    }
  }

  /// `dead-letters discard`
  struct Discard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Throw dead letters away for good; asked first, and recorded.",
      discussion: """
        What is thrown away cannot be got back: `export` it before.

        Examples:
          resize-worker dead-letters discard r-17
          resize-worker dead-letters discard --older-than 30d --dry-run
          resize-worker dead-letters discard --all --yes --by "alice, ticket 4711"
        """)

    @OptionGroup(title: "Which") var selection: DeadLetterSelection
    @Flag(help: "Only show what would be thrown away.") var dryRun = false
    @Flag(help: "Do not ask.") var yes = false
    @OptionGroup var author: OperatorFlag
    @Flag(help: "Print JSON, a line a letter.") var json = false
    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Broker") var broker: BrokerFlags
    @OptionGroup(title: "Database") var store: StoreFlags

    func run() async throws {
      let settings = try configuration.settings(broker, store)
      let letters = try await selection.letters(settings)
      if dryRun {
        return DeadLettersCommand.preview(letters, "would be discarded", settings, json: json)
      }
      if !yes, !letters.isEmpty {
        OutputChannel.error.write(
          DeadLetterGroups(letters, by: [.reason, .source, .type], at: .now).table(at: .now)
            .text(settings.style))
        try Question(
          text: "Discard \(letters.count.counted("dead letter")) for good?", flag: "--yes"
        ).ask()
      }
      try await DeadLettersCommand.carryOut(
        .discard, on: letters, settings, by: author.operatorName, rate: nil, json: json)
      try selection.requireAll(in: letters)
    }
  }

  private static func preview(
    _ letters: [FoundDeadLetter], _ what: String, _ settings: Settings, json: Bool
  ) {
    if json {
      for letter in letters { OutputChannel.standard.json(letter.json) }
      return
    }
    if !letters.isEmpty {
      OutputChannel.standard.write(
        DeadLetterGroups(letters, by: [.reason, .source, .type], at: .now).table(at: .now)
          .text(settings.style))
    }
    OutputChannel.standard.line("\(letters.count.counted("dead letter")) \(what)")
  }

  private static func carryOut(
    _ decision: DeadLetterRun<SystemClock>.Decision, on letters: [FoundDeadLetter],
    _ settings: Settings, by: String, rate: Int?, json: Bool
  ) async throws {
    let participle = decision == .discard ? "discarded" : "replayed"
    guard !letters.isEmpty else {
      return try DeadLetterReport().tell(participle, json: json)
    }
    let report = try await settings.withStore { store in
      var run = DeadLetterRun(
        decision, on: letters, settings, store: store, clock: SystemClock(),
        by: by, rate: rate)
      return try await run.run()
    }
    try report.tell(participle, json: json)
  }
}

extension DeadLetterSelection {
  /// The letters that are meant, as they lie in the queue now.
  func letters(_ settings: Settings) async throws -> [FoundDeadLetter] {
    let now = Moment.now
    var reading = DeadLetterReading(settings)
    let letters = try await reading.letters { includes($0, at: now) }
    if letters.isEmpty { try requireAll(in: letters) }
    return letters
  }

  /// - Throws: `Problem` naming the ids that no letter has.
  func requireAll(in letters: [FoundDeadLetter]) throws(Problem) {
    let missing = missing(in: letters)
    guard !missing.isEmpty else { return }
    throw Problem(
      .didNotWorkOut,
      "no dead letter is called \(missing.joined(separator: ", ").printable); "
        + "see `resize-worker dead-letters list --json`")
  }
}
