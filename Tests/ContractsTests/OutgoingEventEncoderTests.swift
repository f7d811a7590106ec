import Billing
import Contracts
import Resizing
import Seeding
import Testing

@Suite("Outgoing messages")
struct OutgoingEventEncoderTests {
  let encoder = OutgoingEventEncoder()
  static let now = Moment(millisecondsSinceEpoch: 1_795_161_600_000)

  @Test(
    "Every example is written as it stands", arguments: try Fixtures.exampleNames(incoming: false))
  func examples(_ name: String) throws {
    let body = try Fixtures.example(name)
    let message = try OutgoingMessage.decode(body)
    let time = try #require(message.time)
    let event = try #require(encoder.encode(message.emission, at: Moment(time)).first)
    #expect(event.id == message.id && event.type == message.type.rawValue)
    let written = try JSONParser.parse(event.body).inOrder.droppingDefaults
    #expect(written == (try JSONParser.parse(body).inOrder.droppingDefaults))
  }

  @Test("What is written reads back as it was meant")
  func roundTrips() throws {
    var numbers = SeededGenerator(seed: 11)
    for _ in 0..<2_000 {
      let emission = numbers.emission()
      for event in encoder.encode(emission, at: Self.now) {
        let message = try OutgoingMessage.decode(event.body)
        #expect(message.id == event.id)
        let again = try #require(encoder.encode(message.emission, at: Self.now).first)
        #expect(
          String(decoding: again.body, as: UTF8.self) == String(decoding: event.body, as: UTF8.self)
        )
      }
    }
  }

  @Test(
    "A status goes to the result exchange, and once more with the same id to the sender's queue")
  func replies() throws {
    let resize = Resize(
      request: ResizeRequest(
        requestId: "r-1", tenantId: "t-1", instanceId: "i-1", target: ResizeTarget(units: 5)),
      context: RequestContext(), state: .completed, requestedAt: Self.now)
    let context = RequestContext(traceparent: "00-1-2-01", tracestate: "a=b")
    let events = encoder.encode(
      .status(StatusReport(of: resize), replyTo: "answers"), context: context, worker: "w-1",
      at: Self.now)
    try #require(events.count == 2)
    #expect(events[0].destination == .results && events[0].routingKey == "t-1.completed")
    #expect(events[1].destination == .reply(queue: "answers") && events[1].routingKey == "answers")
    #expect(events[0].id == "r-1:status:0" || events[0].id.hasPrefix("r-1:"))
    #expect(events[0].id == events[1].id && events[0].body == events[1].body)
    #expect(events.allSatisfy { $0.traceparent == "00-1-2-01" && $0.tracestate == "a=b" })
    #expect(events.allSatisfy { $0.correlationId == "r-1" })
    #expect(try JSONParser.parse(events[0].body)["data"]?["worker"] == .string("w-1"))
    #expect(
      encoder.encode(.status(StatusReport(of: resize), replyTo: nil), at: Self.now).count == 1)
  }

  @Test("Ids are derived from the request, what it is, and the attempt")
  func ids() throws {
    var numbers = SeededGenerator(seed: 5)
    func refund(_ purpose: Movement.Purpose, _ attempt: Int) -> String? {
      let movement = Movement(
        id: "ref_1", purpose: purpose, amount: numbers.money(), attempt: attempt)
      let request = MovementRequest(
        movement: movement, requestId: "r", tenantId: "t", instanceId: "i", answerBy: Self.now,
        description: "", lines: [])
      return encoder.encode(.refundRequested(request), at: Self.now).first?.id
    }
    #expect(refund(.downgrade, 3) == "r:refund:3")
    #expect(refund(.compensation, 1) == "r:refund:compensation:1")
    #expect(refund(.latePayment, 1) == "r:refund:latePayment:1")
  }

  @Test("What is asked for again says how often, as a header")
  func attempts() throws {
    let movement = Movement(
      id: "pay_r-1", purpose: .charge,
      amount: Money(minorUnits: 1, currency: Currency(code: "USD")!),
      attempt: 3)
    let request = MovementRequest(
      movement: movement, requestId: "r-1", tenantId: "t", instanceId: "i",
      answerBy: Moment(millisecondsSinceEpoch: 0), description: "d", lines: [])
    let events = OutgoingEventEncoder().encode(
      .paymentRequested(request), at: Moment(millisecondsSinceEpoch: 0))
    #expect(events.map(\.headers) == [[OutgoingEvent.Header("x-attempt", "3")]])
  }

  @Test("An answer's id tells what it answers, and always fits the AMQP property")
  func answers() throws {
    func id(_ answerTo: String) -> String? {
      let report = StatusReport(
        rejecting: String(repeating: "r", count: 128), tenantId: "t", instanceId: "i",
        answerTo: answerTo, reason: Reason(.idempotencyMismatch, "no"))
      return encoder.encode(.status(report, replyTo: nil), at: Self.now).first?.id
    }
    #expect(id("evt-1")?.hasSuffix(":answer:evt-1") == true)
    let long = String(repeating: "e", count: 255)
    #expect((id(long)?.utf8.count ?? 256) <= 255)
    #expect(id(long) == id(long))
    #expect(id(long) != id(long + "x"))
  }

  @Test("A dead letter has its bytes as they came, and the reason in its headers")
  func deadLetters() throws {
    let letter = DeadLetter(
      body: [0xFF, 0x00, 0x7B], contentType: "text/plain", messageId: "m-1",
      reason: Reason(code: "invalidUTF8", message: "line 1, column 1"),
      sourceQueue: "resize.requests", deadAt: Self.now)
    let event = encoder.encode(letter)
    #expect(event.destination == .deadLetters && event.body == [0xFF, 0x00, 0x7B])
    #expect(event.contentType == "text/plain" && event.id == "m-1")
    #expect(
      event.headers == [
        OutgoingEvent.Header("x-reason-code", "invalidUTF8"),
        OutgoingEvent.Header("x-reason", "line 1, column 1"),
        OutgoingEvent.Header("x-source-queue", "resize.requests"),
        OutgoingEvent.Header("x-first-dead-at", "2026-11-20T08:00:00Z"),
        OutgoingEvent.Header("x-dead-attempt", "1"),
        OutgoingEvent.Header("x-dead-at", "2026-11-20T08:00:00Z"),
      ])
    var nameless = letter
    nameless.messageId = nil
    #expect(!encoder.encode(nameless).id.isEmpty)
    #expect(encoder.encode(nameless) == encoder.encode(nameless))
  }

  @Test(
    "Times are written to the millisecond where there is one, and read back",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (1_795_161_600_250, "2026-11-20T08:00:00.250Z"),
      (951_782_400_000, "2000-02-29T00:00:00Z"), (4_107_542_399_000, "2100-02-28T23:59:59Z"),
      (-1, "1969-12-31T23:59:59.999Z"), (253_402_300_799_000, "9999-12-31T23:59:59Z"),
      (Int64.max, "9999-12-31T23:59:59.999Z"), (Int64.min, "0000-01-01T00:00:00Z"),
    ] as [(Int64, String)])
  func times(_ milliseconds: Int64, _ text: String) throws {
    let moment = Moment(millisecondsSinceEpoch: milliseconds)
    let letter = DeadLetter(
      body: [], reason: Reason(.malformedRequest, ""), sourceQueue: "q", deadAt: moment)
    #expect(encoder.encode(letter).headers[3].value == text)
  }

  @Test("Times agree with Billing's, second by second over random days")
  func timesAgree() {
    var numbers = SeededGenerator(seed: 6)
    for _ in 0..<2_000 {
      let instant = numbers.instant()
      let letter = DeadLetter(
        body: [], reason: Reason(.malformedRequest, ""), sourceQueue: "q",
        deadAt: Moment(instant))
      #expect(encoder.encode(letter).headers[3].value == instant.rfc3339)
    }
  }
}

extension JSONValue {
  /// The same tree with the members of all objects in the order of their names.
  fileprivate var inOrder: JSONValue {
    switch self {
    case .object(let members):
      .object(
        members.map { JSONMember($0.name, $0.value.inOrder) }.sorted { $0.name < $1.name })
    case .array(let elements): .array(elements.map(\.inOrder))
    default: self
    }
  }

  /// Without what the examples leave to their defaults.
  fileprivate var droppingDefaults: JSONValue {
    var value = self
    for name in ["attempt", "answerBy", "description", "worker"] {
      value = value.setting("data." + name, to: nil)
    }
    return value
  }
}
