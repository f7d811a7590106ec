import Billing
import Contracts
import Resizing

/// Answers the scenarios of a file, a line each, in their order (Billing.docc, Scenarios).
///
/// The lines are shared out among the processors; a line that cannot be read is answered like any
/// other.
struct ScenarioRun {
  /// Lines that one processor answers in one go.
  private static let chunkLength = 128

  private struct Chunk: Sendable {
    var number: Int
    var answers: [UInt8]
    var comparison = Comparison()
  }

  /// How answers stand against what the lines expect.
  struct Comparison: Sendable, Equatable {
    /// A sentence each; a line that cannot be read is one unless it expects to be refused.
    var differences: [String] = []
    /// Lines that say what they expect, or cannot be read.
    var comparedCount = 0
  }

  /// Whether answers are held against what the lines expect.
  let checks: Bool

  /// - Parameter write: Gets the answers, in order.
  func answer(_ bytes: [UInt8], write: ([UInt8]) -> Void) async -> Comparison {
    let lines = InputFile.lines(bytes)
    let starts = Array(stride(from: 0, to: lines.count, by: Self.chunkLength))
    return await withTaskGroup(of: Chunk.self) { group in
      var comparison = Comparison()
      var waiting: [Int: Chunk] = [:]
      var written = 0
      var begun = 0
      func begin() {
        guard begun < starts.count else { return }
        let number = begun
        let part = lines[starts[number]..<min(starts[number] + Self.chunkLength, lines.count)]
        group.addTask { chunk(number, part) }
        begun += 1
      }
      for _ in 0..<processorCount { begin() }
      for await chunk in group {
        begin()
        waiting[chunk.number] = chunk
        while let next = waiting.removeValue(forKey: written) {
          write(next.answers)
          comparison.differences += next.comparison.differences
          comparison.comparedCount += next.comparison.comparedCount
          written += 1
        }
      }
      return comparison
    }
  }

  private func chunk(
    _ number: Int, _ lines: ArraySlice<(number: Int, bytes: ArraySlice<UInt8>)>
  ) -> Chunk {
    var chunk = Chunk(number: number, answers: [])
    chunk.answers.reserveCapacity(lines.count * 1_024)
    for line in lines {
      let bytes = Array(line.bytes)
      let answer = ScenarioAnswer.answer(bytes)
      chunk.answers += answer
      chunk.answers.append(UInt8(ascii: "\n"))
      guard checks, let differences = Self.differences(bytes, answer) else { continue }
      chunk.comparison.comparedCount += 1
      chunk.comparison.differences += differences.map { "line \(line.number): \($0)" }
    }
    return chunk
  }

  /// - Returns: Nil where a scenario does not say what it expects.
  private static func differences(_ line: [UInt8], _ answer: [UInt8]) -> [String]? {
    let document: JSONValue
    do {
      document = try JSONParser.parse(line)
    } catch {
      return ["column \(error.column): \(error.message)"]
    }
    guard let expected = document["expected"],
      let answered = try? JSONParser.parse(answer)
    else {
      guard case .unreadable(let id, let reason) = ScenarioLine(line) else { return nil }
      return [(id.text.map { $0 + ": " } ?? "") + reason.message]
    }
    let outcome = Expectation.Outcome(
      quote: answered["quote"], reasonCode: answered["rejection"]?["code"]?.text)
    let id = document["id"]?.text ?? "?"
    do throws(Problem) {
      return try Expectation(expected).differences(from: outcome).map { "\(id): \($0)" }
    } catch {
      return ["\(id): \(error.message)"]
    }
  }
}
