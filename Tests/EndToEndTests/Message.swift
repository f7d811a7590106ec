import AMQP
import BrokerFixture
import Contracts

@testable import resize_worker

/// A message as somebody outside sends it.
struct Message: Sendable {
  var queue: KeyPath<ChannelNames, String> & Sendable = \.requests
  var properties = MessageProperties(contentType: "application/cloudevents+json")
  var body: [UInt8]

  init(_ body: String, to queue: KeyPath<ChannelNames, String> & Sendable = \.requests) {
    self.body = Array(body.utf8)
    self.queue = queue
  }

  private static func event(_ type: String, _ data: String) -> String {
    """
    {"specversion": "1.0", "id": "\(PrivateBroker.uniqueName("event"))", "source": "/test", \
    "type": "\(type)", "time": "2026-11-20T08:00:00Z", "data": {\(data)}}
    """
  }

  /// - Parameter more: further members of the data, each with a comma before it.
  static func request(
    _ id: String, _ instance: String, spec: String = "plus", tenant: String = "t", more: String = ""
  ) -> Message {
    Message(
      event(
        "resize.requested.v1",
        """
        "requestId": "\(id)", "tenantId": "\(tenant)", "instanceId": "\(instance)", \
        "target": {"spec": "\(spec)"}\(more)
        """))
  }

  static func cancel(_ id: String) -> Message {
    Message(event("resize.cancelRequested.v1", #""requestId": "\#(id)", "tenantId": "t""#))
  }

  /// The answer to a payment or refund that the worker has asked for.
  static func settlement(
    of asked: Seen, _ outcome: String = "succeeded", amount: String? = nil
  ) -> Message {
    let kind = asked.type.prefix { $0 != "." }
    let id = asked.data["\(kind)Id"]?.text ?? ""
    let settled = #", "settled": {"currency": "USD", "value": "\#(amount ?? asked.amount)"}"#
    return Message(
      event(
        "\(kind).settled.v1",
        """
        "\(kind)Id": "\(id)", "requestId": "\(asked.requestId)", "outcome": "\(outcome)"\
        \(outcome == "succeeded" ? settled : "")
        """),
      to: \.settlements)
  }

  /// The control plane's answer to a command.
  static func applied(_ command: Seen, _ outcome: String = "applied") -> Message {
    Message(
      event(
        "instance.applied.v1",
        """
        "requestId": "\(command.requestId)", "outcome": "\(outcome)", \
        "instanceId": "\(command.data["instanceId"]?.text ?? "")"
        """),
      to: \.applied)
  }
}
