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

@Suite("Outgoing events as bytes")
struct OutgoingEventBytesTests {
  private static func list(_ events: [OutgoingEvent]) -> [UInt8] {
    var list = OutgoingEventList()
    list.begin(count: events.count, byteCount: events.reduce(0) { $0 + $1.bytes.count })
    for event in events { list.append(event) }
    return list.bytes
  }

  @Test("Every part comes back as it was given, whatever its length, there or missing")
  func parts() throws {
    var events: [OutgoingEvent] = []
    for length in [0, 1, 127, 128, 16_383, 16_384, 70_000] {
      let text =
        String(repeating: "é", count: length / 2) + String(repeating: "x", count: length % 2)
      for destination in [Destination.payments, .reply(queue: text)] {
        for optional in [nil, text] {
          let headers = optional.map { [OutgoingEvent.Header("n", $0), .init($0, "")] } ?? []
          let body = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
          let event = OutgoingEvent(
            destination: destination, routingKey: text, id: "id" + text, type: text,
            contentType: text, correlationId: optional, traceparent: optional, tracestate: optional,
            headers: headers, body: body)
          #expect(event.destination == destination && event.routingKey == text)
          #expect(event.isForPayments == (destination == .payments))
          #expect(event.id == "id" + text && event.type == text && event.contentType == text)
          #expect(event.correlationId == optional && event.traceparent == optional)
          #expect(event.tracestate == optional && event.headers == headers && event.body == body)
          events.append(event)
        }
      }
    }
    #expect(try OutgoingEvent.read(list: Self.list(events)) == events)
  }

  @Test("The same events are the same bytes: a length that is written in another way is damage")
  func canonical() throws {
    let event = OutgoingEvent(
      destination: .results, routingKey: "", id: "", type: "", contentType: "", body: [])
    let bytes = Self.list([event])
    #expect(try OutgoingEvent.read(list: bytes) == [event])
    #expect(throws: EventDamage.self) {
      try OutgoingEvent.read(list: bytes.dropLast() + [0x80, 0])
    }
    #expect(throws: EventDamage.self) {
      try OutgoingEvent.read(list: [0x81, 0] + bytes.dropFirst())
    }
  }
}
