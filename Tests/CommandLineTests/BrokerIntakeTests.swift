import Contracts
import Resizing
import Testing
import Worker

@testable import AMQP
@testable import resize_worker

@Suite("What a worker takes over of a message")
struct BrokerIntakeTests {
  private func intake(_ properties: MessageProperties) throws -> IntakeDelivery {
    try #require(
      BrokerIntake.intakeDelivery(
        Delivery(
          queue: "requests", deliveryTag: 1, epoch: 1, isRedelivered: false, exchange: "",
          routingKey: "requests", properties: properties, bodyByteCount: 0, body: []),
        ["requests": .requests]))
  }

  private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

  /// Whether a message with what was taken over can be sent.
  private func isSendable(_ delivery: IntakeDelivery) -> Bool {
    let report = StatusReport(
      rejecting: "r", tenantId: "t", instanceId: "i", answerTo: "a",
      reason: Reason(.malformedRequest, "why"))
    let context = RequestContext(
      replyTo: delivery.replyTo, traceparent: delivery.traceparent, tracestate: delivery.tracestate)
    let events = OutgoingEventEncoder().encode(
      .status(report, replyTo: delivery.replyTo), context: context,
      at: Moment(millisecondsSinceEpoch: 0))
    return events.allSatisfy { event in
      var headers = HeaderTable()
      if let traceparent = event.traceparent { headers["traceparent"] = .string(traceparent) }
      if let tracestate = event.tracestate { headers["tracestate"] = .string(tracestate) }
      var buffer = OutputBuffer()
      let message = AMQP.OutgoingMessage(
        token: 1, exchange: "", routingKey: event.routingKey,
        properties: MessageProperties(headers: headers), body: event.body)
      return buffer.publish(message, frameMax: 8_192) == nil
    }
  }

  @Test(
    "A trace state that is none by W3C's Trace Context is dropped, so that what follows can be sent",
    arguments: [
      String(repeating: "\u{FFFD}", count: 45_000), String(repeating: "v", count: 513), "",
      "vendor=é", "vendor=a\tb", "vendor=a\u{7F}",
    ])
  func wrongState(_ state: String) throws {
    let delivery = try intake(
      MessageProperties(
        headers: ["traceparent": .string(Self.parent), "tracestate": .string(state)]))
    #expect(delivery.traceparent == Self.parent && delivery.tracestate == nil)
    #expect(isSendable(delivery))
  }

  @Test(
    "A trace parent that is none is dropped, and its state with it",
    arguments: [
      String(repeating: "0", count: 130_000), "", "00-a-b-01",
      "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
      "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
      "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
      "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-"
        + String(repeating: "x", count: 300),
    ])
  func wrongParent(_ parent: String) throws {
    let delivery = try intake(
      MessageProperties(headers: ["traceparent": .string(parent), "tracestate": "vendor=a"]))
    #expect(delivery.traceparent == nil && delivery.tracestate == nil)
    #expect(isSendable(delivery))
  }

  @Test(
    "A trace that has its form is taken over as it is",
    arguments: [parent, "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-09-what-comes"])
  func rightTrace(_ parent: String) throws {
    let state = "vendor=" + String(repeating: "v", count: 505)
    let delivery = try intake(
      MessageProperties(headers: ["traceparent": .string(parent), "tracestate": .string(state)]))
    #expect(delivery.traceparent == parent && delivery.tracestate == state)
    #expect(isSendable(delivery))
  }
}
