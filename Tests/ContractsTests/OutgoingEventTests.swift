import Contracts
import Testing

@Suite("Outgoing events")
struct OutgoingEventTests {
  @Test("Events that differ in any part are not equal, however they are shared")
  func equality() {
    func event(_ part: Int = -1) -> OutgoingEvent {
      func word(_ index: Int) -> String { index == part ? "other" : "same" }
      return OutgoingEvent(
        destination: part == 0 ? .payments : .results, routingKey: word(1), id: word(2),
        type: word(3), contentType: word(4), correlationId: part == 5 ? nil : "c",
        traceparent: word(6), tracestate: word(7), headers: [OutgoingEvent.Header("n", word(8))],
        body: part == 9 ? [] : [1])
    }
    #expect(event() == event())
    for part in 0..<10 { #expect(event(part) != event()) }
  }
}
