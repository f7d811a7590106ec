import Billing
import Contracts
import Resizing
import Testing

@Suite("Incoming messages")
struct IncomingMessageTests {
  @Test(
    "Every example is read, and reads the same after it was written again",
    arguments: try Fixtures.exampleNames(incoming: true))
  func examples(_ name: String) throws {
    let event = try IncomingMessage.decode(Fixtures.example(name))
    #expect(name.hasPrefix(event.type.rawValue))
    let encoder = IncomingEventEncoder(source: event.source)
    let now = Moment(try #require(event.time))
    let message = try #require(encoder.encode(event.input, id: event.id, at: now))
    #expect(try IncomingMessage.decode(message.body) == event)
    #expect(message.type == event.type)
  }

  @Test("A request is read in full, with where its answers go")
  func request() throws {
    let context = RequestContext(replyTo: "console.answers", traceparent: "00-a-b-01")
    let event = try IncomingMessage.decode(
      Fixtures.example("resize.requested.v1"), contentType: "application/cloudevents+json",
      context: context)
    let usd = try #require(Currency(code: "USD"))
    let request = ResizeRequest(
      requestId: "01993c3e-58d2-7c51-9b1e-6a5d0f3f7a10", tenantId: "tenant-42",
      instanceId: "ins-4c8g", target: ResizeTarget(spec: "S5.LARGE8"), billingMode: .prepaid,
      maxCharge: Money(minorUnits: 25_000, currency: usd))
    #expect(event.input == .requested(request, context))
    #expect(event.time?.rfc3339 == "2026-11-20T08:00:00Z")
  }

  @Test("What is left out of an instance has its default")
  func defaults() throws {
    let instance = try Instance(
      json: Array(
        #"""
        {"instanceId":"i","tenantId":"t","product":"cvm","spec":"s","billingMode":"prepaid",
        "state":"stopped",
        "orders":[{"orderId":"o","startsAt":"2025-01-01T00:00:00Z",
        "endsAt":"2026-01-01T08:00:00+08:00","paidCash":"37.714"}]}
        """#.utf8))
    let order = try #require(instance.subscription.orders.first)
    #expect(order.kind == .purchase && order.status == .paid && order.terms == nil)
    #expect(order.paidVoucher.isZero && order.refunded.isZero && order.currency == nil)
    #expect(order.endsAt.rfc3339 == "2026-01-01T00:00:00Z")
    #expect(instance.disks.isEmpty && instance.operation == nil && instance.zone == nil)
    #expect(instance.subscription.network == nil && instance.subscription.usage == nil)
    #expect(instance.subscription.downgrades == 0)
  }

  @Test("Fields that a newer sender adds are ignored, and null is as good as left out")
  func tolerance() throws {
    let plain = try Fixtures.request()
    let more = plain.setting("data.priority", to: .number("7")).setting("extension", to: .array([]))
      .setting("data.voucher", to: .null).setting("data.target.mbps", to: .null)
    #expect(try IncomingMessage.decode(more.bytes) == IncomingMessage.decode(plain.bytes))
  }

  @Test("A content type is not needed, but must not say that it is something else")
  func contentTypes() throws {
    let body = try Fixtures.example("resize.requested.v1")
    for type in [
      "application/json", "application/cloudevents+json; charset=utf-8",
      "application/cloudevents+json ; charset=utf-8", "Application/JSON\t", " ; charset=utf-8", "",
    ] {
      _ = try IncomingMessage.decode(body, contentType: type)
    }
    for type in [
      "application/cloudevents-batch+json", " application/cloudevents-batch+json ; a=b", "text/xml",
      "application/x-protobuf", "text/plain; a=json",
    ] {
      let violation = try #require(throws: ContractViolation.self) {
        try IncomingMessage.decode(body, contentType: type)
      }
      #expect(violation.code == .unsupportedContentType)
      #expect(violation.identity.requestId == "01993c3e-58d2-7c51-9b1e-6a5d0f3f7a10")
    }
  }
}

@Suite("Requests in files")
struct RequestFileTests {
  @Test("A request is read without its envelope, as strictly as with it")
  func requests() throws {
    let text = #"{"requestId":"r","tenantId":"t","instanceId":"i","target":{"mbps":5}}"#
    let request = try ResizeRequest(json: Array(text.utf8))
    #expect(request.target == ResizeTarget(mbps: 5) && !request.dryRun)
    #expect(throws: ContractViolation.self) { try ResizeRequest(json: Array("{}".utf8)) }
  }
}
