import Contracts
import Resizing
import Testing

@Suite("The headers of a dead letter")
struct DeadLetterHeaderTests {
  /// One character to people, 140 KB to a frame.
  private static let tower = "e" + String(repeating: "\u{301}", count: 70_000)

  private func headers(of letter: DeadLetter) -> [String: String] {
    let headers = OutgoingEventEncoder().encode(letter).headers
    return Dictionary(uniqueKeysWithValues: headers.map { ($0.name, $0.value) })
  }

  @Test("A reason is cut to the bytes it has room for, however long one character of it is")
  func reason() throws {
    let letter = DeadLetter(
      body: [], reason: Reason(code: Self.tower, message: Self.tower), sourceQueue: "q",
      deadAt: Moment(millisecondsSinceEpoch: 0))
    let headers = headers(of: letter)
    let reason = try #require(headers["x-reason"])
    #expect(reason.utf8.count == 999)
    #expect(Self.tower.unicodeScalars.starts(with: reason.unicodeScalars))
    #expect(headers.values.allSatisfy { $0.utf8.count <= 1_000 })
  }

  @Test(
    "So are those of its history, whatever their bytes become in JSON",
    arguments: [
      tower, String(repeating: "\u{1}", count: 9_000), String(repeating: "🐘", count: 9_000),
    ])
  func history(text: String) {
    var history = DeathHistory()
    for number in 1...20 {
      history.append(
        DeathHistory.Death(
          reason: Reason(code: text, message: text),
          at: Moment(millisecondsSinceEpoch: Int64(number))))
    }
    #expect(history.header.utf8.count < 4_096)
    #expect(DeathHistory(header: history.header) == history)
  }

  @Test("The name of a member that is there twice is told shortened")
  func duplicateName() throws {
    let body = #"{"\#(Self.tower)":1,"\#(Self.tower)":2}"#
    let violation = try #require(throws: ContractViolation.self) {
      try IncomingMessage.decode(Array(body.utf8))
    }
    #expect(violation.message.contains("is there twice in one object"))
    #expect(violation.message.utf8.count < 300)
  }
}
