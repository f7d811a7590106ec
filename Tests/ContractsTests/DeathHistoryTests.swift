import Contracts
import Resizing
import Testing

@Suite("The history of a dead letter")
struct DeathHistoryTests {
  private func death(_ number: Int, _ message: String = "why") -> DeathHistory.Death {
    DeathHistory.Death(
      reason: Reason(code: "Code\(number)", message: message),
      at: Moment(millisecondsSinceEpoch: 1_795_161_600_000 + Int64(number)))
  }

  @Test("It is read as it was written")
  func roundTrip() throws {
    var history = DeathHistory()
    history.append(death(1, "\"quoted\" \u{1}\n ünï¢ode 🐘"))
    history.append(death(250))
    #expect(DeathHistory(header: history.header) == history)
    #expect(history.deaths.map(\.at.rfc3339)[1] == "2026-11-20T08:00:00.250Z")
  }

  @Test("However often a message dies, the first reason and the latest stay, and the count")
  func bounded() throws {
    var history = DeathHistory()
    for number in 1...100 { history.append(death(number, String(repeating: "x", count: 5_000))) }
    #expect(history.count == 100)
    #expect(history.deaths.map(\.reason.code) == ["Code1"] + (94...100).map { "Code\($0)" })
    #expect(history.header.utf8.count < 4_096)
    #expect(DeathHistory(header: history.header) == history)
  }

  @Test(
    "A header of anything else is no history",
    arguments: [
      "", "[]", "{}", #"{"count": 1, "deaths": []}"#, #"{"count": 0, "deaths": [1]}"#,
      #"{"count": 1, "deaths": [{"code": "c", "reason": "r", "at": "yesterday"}]}"#,
      #"{"count": 99999999999999999999, "deaths": [1]}"#,
      #"{"count": 1, "deaths": [{"code": 1, "reason": "r", "at": "2026-11-20T08:00:00Z"}]}"#,
      String(repeating: "[", count: 20_000),
    ])
  func nonsense(_ header: String) { #expect(DeathHistory(header: header) == nil) }

  @Test("A letter keeps when it died first, and counts on")
  func letter() {
    var letter = DeadLetter(
      body: [], reason: Reason(.malformedRequest, "again"), sourceQueue: "q",
      deadAt: death(9).at, replyTo: "answers", publisher: "alice")
    #expect(letter.attempt == 1 && letter.firstDeadAt == letter.deadAt)
    letter.history.append(death(1))
    letter.history.append(death(2))
    #expect(letter.attempt == 3 && letter.firstDeadAt == death(1).at)
    let headers = OutgoingEventEncoder().encode(letter).headers
    let values = Dictionary(uniqueKeysWithValues: headers.map { ($0.name, $0.value) })
    #expect(values["x-dead-attempt"] == "3")
    #expect(values["x-reply-to"] == "answers" && values["x-user-id"] == "alice")
    #expect(values["x-dead-history"] == letter.history.header)
    #expect(Set(values.keys).isSubset(of: DeadLetter.HeaderName.all))
  }
}
