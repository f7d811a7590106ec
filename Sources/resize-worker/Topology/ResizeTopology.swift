import AMQP
import Contracts

/// The exchanges, queues and bindings of an installation (`schemas/README.md`).
enum ResizeTopology {
  /// As good as none: a broker counts lost connections like crashes, and must not put a message aside
  /// for them; the worker does, for crashes. Left out, it would be 20 from RabbitMQ 4.0 on, and 3.x
  /// takes no -1.
  static let deliveryLimit = 1_000_000

  static func topology(_ names: ChannelNames) -> Topology {
    let intake = [names.requests, names.settlements, names.applied, names.inventory]
    return Topology(
      exchanges: [
        Topology.Exchange(name: names.results, kind: .topic),
        Topology.Exchange(name: names.payments, kind: .topic),
        Topology.Exchange(name: names.commands, kind: .topic),
        Topology.Exchange(name: names.metering, kind: .topic),
        Topology.Exchange(name: names.deadLetters, kind: .fanout),
      ],
      queues: intake.map { intakeQueue($0, names) } + [
        .quorum(names.payments), .quorum(names.commands), .quorum(names.deadLetters),
      ],
      bindings: [
        Topology.Binding(exchange: names.payments, queue: names.payments, routingKey: "#"),
        Topology.Binding(exchange: names.commands, queue: names.commands, routingKey: "#"),
        Topology.Binding(exchange: names.deadLetters, queue: names.deadLetters, routingKey: ""),
      ])
  }

  /// Dead letters keep the routing key they had, the name of the queue they come from.
  private static func intakeQueue(_ name: String, _ names: ChannelNames) -> Topology.Queue {
    .quorum(
      name, deliveryLimit: deliveryLimit,
      arguments: [
        "x-dead-letter-exchange": .string(names.deadLetters),
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
      ])
  }
}
