import Contracts
import Foundation
import Testing

@testable import resize_worker

@Suite("Scenarios")
struct ScenarioTests {
  private var vectors: URL {
    get throws {
      try #require(
        Bundle.module.url(forResource: "quotes", withExtension: "jsonl", subdirectory: "Resources"))
    }
  }

  private var firstVector: String {
    get throws {
      let lines = try String(contentsOf: try vectors, encoding: .utf8).split(separator: "\n")
      return String(try #require(lines.first))
    }
  }

  @Test("every line of the vectors is answered as expected, in order")
  func vectorsAnswered() async throws {
    let path = try vectors.path
    let checked = try await Program.run("quote", "--scenarios", path, "--check")
    #expect(checked.status == 0, "\(checked.output)")
    #expect(checked.output == "49 scenarios answered as expected\n")

    let answered = try await Program.run("quote", "--scenarios", path)
    let ids = try answered.output.split(separator: "\n").map { line in
      try JSONParser.parse(Array(line.utf8))["id"]
    }
    let asked = try InputFile.lines([UInt8](Data(contentsOf: try vectors))).map { line in
      try JSONParser.parse(Array(line.bytes))["id"]
    }
    #expect(ids == asked)
  }

  @Test("a broken line is answered, too, and does not stop the rest")
  func brokenLines() async throws {
    let good = try firstVector
    let lines = [
      good, "{", "[]", "{\"id\":\"half\"}", "\"\u{1}\"", "{\"id\":7,\"now\":\"never\"}",
      good,
    ]
    let answered = try await Program.run(
      "quote", "--scenarios", "-", input: lines.joined(separator: "\n"))
    let answers = try answered.output.split(separator: "\n").map { line in
      try JSONParser.parse(Array(line.utf8))
    }
    #expect(answered.status == 0)
    #expect(answers.count == lines.count)
    #expect(answers.first == answers.last)
    #expect(answers.first?["quote"]?["amount"]?.text == "197.66")
    for answer in answers[1...5] {
      #expect(answer["rejection"]?["code"]?.text == "MalformedRequest")
    }
    #expect(answers[3]["id"]?.text == "half")
    #expect(answers[5]["id"]?.integer == 7)
  }

  @Test("many lines keep their order, however many processors answer them")
  func order() async throws {
    let good = try firstVector
    let lines = (0..<1_000).map { number in
      good.replacing("\"tc-up-01-seed\"", with: "\"n\(number)\"", maxReplacements: 1)
    }
    nonisolated(unsafe) var output: [UInt8] = []  // sound: `write` is called by this task only.
    let comparison = await ScenarioRun(checks: true).answer(
      Array(lines.joined(separator: "\n").utf8)
    ) { output += $0 }
    #expect(comparison == ScenarioRun.Comparison(differences: [], comparedCount: 1_000))
    let ids = try InputFile.lines(output).map { line in
      try JSONParser.parse(Array(line.bytes))["id"]?.text
    }
    #expect(ids == (0..<1_000).map { "n\($0)" })
  }

  @Test("--check names what differs and ends with 1")
  func check() async throws {
    let good = try firstVector
    let wrong = good.replacing("\"amount\": \"197.66\"", with: "\"amount\": \"197.67\"")
    let checked = try await Program.run("quote", "--scenarios", "-", "--check", input: wrong)
    #expect(checked.status == 1)
    #expect(
      checked.output == "line 1: tc-up-01-seed: amount is 197.66, expected 197.67\n")
  }

  @Test("--check: a line that cannot be read is a difference, nothing to compare is a mistake")
  func checkOfNothing() async throws {
    let broken = try await Program.run("quote", "--scenarios", "-", "--check", input: "{\n{}")
    #expect(broken.status == 1)
    #expect(broken.output.hasPrefix("line 1: column 2: "))
    #expect(broken.output.contains("\nline 2: "))
    let empty = try await Program.run("quote", "--scenarios", "-", "--check", input: "\n")
    #expect(empty.status == 2)
    #expect(empty.errors.contains("nothing was compared"))
  }

  @Test("an expectation of something that no outcome has is refused")
  func unknownExpectation() throws {
    let misspelt = JSONValue.object([JSONMember("amuont", .string("1"))])
    #expect(throws: Problem(.usage, "\"expected\" names amuont; did you mean amount?")) {
      try Expectation(misspelt)
    }
  }
}
