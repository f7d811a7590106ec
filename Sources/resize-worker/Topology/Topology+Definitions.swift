import AMQP
import Contracts

extension Topology {
  /// The topology as RabbitMQ's definitions, which a node imports at its start
  /// (`load_definitions`).
  func definitions(virtualHost: String) -> JSONValue {
    let place = JSONMember("vhost", .string(virtualHost))
    return .object([
      JSONMember(
        "exchanges",
        .array(
          exchanges.map { exchange in
            .object([
              JSONMember("name", .string(exchange.name)), place,
              JSONMember("type", .string(exchange.kind.rawValue)),
              JSONMember("durable", .bool(exchange.isDurable)),
              JSONMember("auto_delete", .bool(exchange.isAutoDelete)),
              JSONMember("internal", .bool(exchange.isInternal)),
              JSONMember("arguments", exchange.arguments.json),
            ])
          })),
      JSONMember(
        "queues",
        .array(
          queues.map { queue in
            .object([
              JSONMember("name", .string(queue.name)), place,
              JSONMember("durable", .bool(queue.isDurable)),
              JSONMember("auto_delete", .bool(queue.isAutoDelete)),
              JSONMember("arguments", queue.arguments.json),
            ])
          })),
      JSONMember(
        "bindings",
        .array(
          bindings.map { binding in
            .object([
              JSONMember("source", .string(binding.exchange)), place,
              JSONMember("destination", .string(binding.queue)),
              JSONMember("destination_type", .string("queue")),
              JSONMember("routing_key", .string(binding.routingKey)),
              JSONMember("arguments", binding.arguments.json),
            ])
          })),
    ])
  }
}

extension HeaderTable {
  /// The fields as a JSON object; bytes as text, what JSON lacks as null.
  var json: JSONValue { .object(fields.map { JSONMember($0.name, $0.value.json) }) }
}

extension HeaderValue {
  fileprivate var json: JSONValue {
    switch self {
    case .null, .omitted: .null
    case .bool(let flag): .bool(flag)
    case .int(let number): .number(String(number))
    case .double(let number): number.isFinite ? .number(String(number)) : .null
    case .string(let text): .string(text)
    case .bytes(let bytes): .string(String(decoding: bytes, as: UTF8.self))
    case .timestamp(let seconds): .number(String(seconds))
    case .array(let values): .array(values.map(\.json))
    case .table(let table): table.json
    }
  }
}
