import AMQP
import Contracts
import Resizing
import ScriptFixture
import Testing

@testable import resize_worker

@Suite("Dead letters on the command line")
struct DeadLetterTests {
  private static let now = Moment(millisecondsSinceEpoch: 1_795_262_400_000)

  private func letter(
    _ id: String, _ headers: HeaderTable = [:], type: String? = nil, body: String = "{}"
  ) -> FoundDeadLetter {
    FoundDeadLetter(
      Delivery(
        queue: "resize.dead-letters", deliveryTag: 1, epoch: 1, isRedelivered: false,
        exchange: "", routingKey: "resize.requests",
        properties: MessageProperties(headers: headers, messageID: id, type: type),
        bodyByteCount: UInt64(body.utf8.count), body: Array(body.utf8)))
  }

  private func buried(
    _ id: String, _ code: String, secondsAgo: Int64 = 0, source: String = "resize.requests"
  ) -> FoundDeadLetter {
    let at = Self.now.adding(milliseconds: -secondsAgo * 1_000)
    return letter(
      id,
      [
        "x-reason-code": .string(code), "x-reason": "so it is",
        "x-source-queue": .string(source), "x-dead-at": .string(at.rfc3339),
      ])
  }

  @Test(
    "Nothing chosen is wrong use that says what to write",
    arguments: ["replay", "discard", "export"])
  func nothingChosen(_ command: String) async throws {
    let ending = try await Program.run("dead-letters", command)
    #expect(ending.status == 2)
    #expect(ending.errors.contains("--all") && ending.errors.contains("--reason"))
    let both = try await Program.run("dead-letters", command, "--all", "m-1")
    #expect(both.status == 2)
    #expect(both.errors.contains("--all takes every dead letter"))
  }

  @Test("Flags that make no sense are refused before anything is connected")
  func flags() async throws {
    for arguments in [
      ["replay", "--all", "--rate", "0"], ["replay", "--older-than", "soon"],
      ["list", "--limit", "0"], ["list", "--group-by", "colour"],
    ] {
      let ending = try await Program.run(arguments: ["dead-letters"] + arguments)
      #expect(ending.status == 2, "\(arguments): \(ending.errors)")
    }
    for command in ["list", "show", "replay", "discard", "export", "log"] {
      let help = try await Program.run("dead-letters", command, "--help")
      #expect(help.status == 0 && help.output.contains("resize-worker dead-letters \(command)"))
    }
  }

  @Test(
    "Discarding asks whoever is there, and does nothing where nobody is", .takesTurns,
    .timeLimit(.minutes(15)))
  func asked() async throws {
    let installation = try await Installation.prepared()
    let publisher = try BrokerPublisher(
      at: installation.address, settings: ConnectionSettings(name: "test"))
    try publisher.start()
    try publisher.publish([
      OutgoingMessage(
        token: 1, exchange: "", routingKey: installation.names.deadLetters,
        properties: MessageProperties(messageID: "m-1"), body: [1])
    ])
    for await event in publisher.events { if case .confirmed = event { break } }
    publisher.close()
    let nobody = try await installation.run("dead-letters", "discard", "m-1")
    #expect(nobody.status == 2 && nobody.errors.contains("--yes"))
    #expect(nobody.errors.contains("1 dead letter "))
    let variables = installation.environment.map { "\($0.key)='\($0.value)'" }
      .joined(separator: " ")
    func answered(_ answer: String) async throws -> Program.Ending {
      try await Program.shell(
        "echo \(answer) | \(variables) script -qec \"$0 dead-letters discard m-1\" /dev/null")
    }
    let no = try await answered("n")
    #expect(no.status == 1 && no.output.contains("nothing was done"), "\(no)")
    let yes = try await answered("y")
    #expect(yes.status == 0 && yes.output.contains("1 dead letter discarded"), "\(yes)")
    let gone = try await installation.run("dead-letters", "discard", "m-1", "--yes")
    #expect(gone.status == 1 && gone.isOneSentence)
    let file = try installation.folder.file("there.jsonl", "")
    let there = try await installation.run("dead-letters", "export", "--all", "--output", file)
    #expect(there.status == 2 && there.errors.contains("is there already"))
    let withoutStore = try await Program.run(
      arguments: ["dead-letters", "log", "--store-url", "sqlite:/nowhere/at.all"])
    #expect(withoutStore.status == 3 && withoutStore.isOneSentence)
  }

  @Test("A letter that the broker put there says so in its own headers")
  func byBroker() {
    let death: HeaderTable = [
      "reason": "delivery_limit", "queue": "resize.applied", "time": .timestamp(1_795_262_400),
    ]
    let found = letter(
      "m-1",
      [
        "x-death": .array([.table(death), .table(["reason": "rejected"])]),
        "x-first-death-reason": "rejected", "x-first-death-queue": "resize.requests",
      ], body: #"{"type": "instance.applied.v1", "data": {"requestId": "r-1"}}"#)
    #expect(found.reasonCode == "delivery_limit" && found.source == "resize.applied")
    #expect(found.deadAt == Self.now)
    #expect(found.type == "instance.applied.v1" && found.requestId == "r-1")
    #expect(letter("m-1").reasonCode == "unknown")
  }

  @Test("Groups are told apart by what is asked for, the largest first, with their ages")
  func groups() {
    let letters =
      [buried("a", "MalformedRequest", secondsAgo: 90_000)]
      + (1...3).map { buried("b\($0)", "UnknownRequest", secondsAgo: Int64($0) * 60) }
      + [buried("c", "UnknownRequest", secondsAgo: 7_200, source: "resize.applied")]
    let groups = DeadLetterGroups(letters, by: [.reason, .source], at: Self.now).groups
    #expect(groups.map(\.count) == [3, 1, 1])
    #expect(groups[0].values == ["UnknownRequest", "resize.requests"])
    #expect(groups[0].example.id == "b1")
    #expect(groups[0].oldest?.age(at: Self.now) == "3m")
    #expect(groups[0].newest?.age(at: Self.now) == "1m")
    let ages = DeadLetterGroups(letters, by: [.age], at: Self.now).groups
    #expect(ages.map(\.values) == [["last hour"], ["last day"], ["last week"]])
    #expect(
      DeadLetterGroups(letters, by: [.reason], at: Self.now).table(at: Self.now).rows.count == 2)
  }

  @Test("A selection takes what all of its parts take")
  func selection() throws {
    func ids(_ arguments: String...) throws -> [String] {
      let selection = try DeadLetterSelection.parse(arguments)
      return letters.filter { selection.includes($0, at: Self.now) }.map(\.id)
    }
    let letters = [
      buried("a", "MalformedRequest", secondsAgo: 7_200),
      buried("b", "UnknownRequest", secondsAgo: 60), letter("c", type: "payment.settled.v1"),
    ]
    #expect(try ids("--all") == ["a", "b", "c"])
    #expect(try ids("a", "c", "z") == ["a", "c"])
    #expect(try ids("--reason", "UnknownRequest") == ["b"])
    #expect(try ids("--reason", "UnknownRequest", "a") == [])
    #expect(try ids("--type", "payment.settled.v1") == ["c"])
    #expect(try ids("--source", "resize.requests", "--older-than", "1h") == ["a", "c"])
  }

  @Test("A rate spreads its turns evenly, and what was missed is not caught up on")
  func rate() {
    var limit = RateLimit(perSecond: 3, from: Self.now)
    #expect((0..<4).map { _ in limit.turn(at: Self.now) } == [0, 333, 666, 1_000])
    let later = Self.now.adding(milliseconds: 60_000)
    #expect((0..<3).map { _ in limit.turn(at: later) } == [0, 333, 666])
  }
}
