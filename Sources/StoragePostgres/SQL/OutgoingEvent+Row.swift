import Contracts

extension Destination {
  /// How the outbox names it.
  var name: String {
    switch self {
    case .results: "results"
    case .reply: "reply"
    case .payments: "payments"
    case .commands: "commands"
    case .metering: "metering"
    case .deadLetters: "deadLetters"
    }
  }

  var replyQueue: String? {
    if case .reply(let queue) = self { queue } else { nil }
  }

  init?(name: String, replyQueue: String?) {
    switch name {
    case "results": self = .results
    case "reply": self = .reply(queue: replyQueue ?? "")
    case "payments": self = .payments
    case "commands": self = .commands
    case "metering": self = .metering
    case "deadLetters": self = .deadLetters
    default: return nil
    }
  }
}

extension OutgoingEvent {
  /// The headers as JSON, `[[name, value], …]`; nil if there are none.
  var headersText: String? {
    if headers.isEmpty { return nil }
    var writer = JSONWriter()
    writer.beginArray()
    for header in headers {
      writer.beginArray()
      writer.string(header.name)
      writer.string(header.value)
      writer.endArray()
    }
    writer.endArray()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Reads a row of the outbox that begins with sequence and time.
  init(outboxRow row: Rows.Row) throws(PostgresError) {
    let named = Destination(name: row.text(at: 2), replyQueue: row.optionalText(at: 3))
    guard let destination = named else {
      throw unreadable("outbox message \(row.text(at: 5))", "its destination is unknown")
    }
    self.init(
      destination: destination, routingKey: row.text(at: 4), id: row.text(at: 5),
      type: row.text(at: 6), contentType: row.text(at: 7), correlationId: row.optionalText(at: 8),
      traceparent: row.optionalText(at: 9), tracestate: row.optionalText(at: 10),
      headers: row.isNull(at: 11) ? [] : Self.headers(row.bytes(at: 11)),
      body: row.bytes(at: 12))
  }

  private static func headers(_ text: [UInt8]) -> [Header] {
    guard case .array(let pairs)? = try? JSONParser.parse(text) else { return [] }
    return pairs.compactMap { pair in
      guard case .array(let parts) = pair, parts.count == 2,
        case .string(let name) = parts[0], case .string(let value) = parts[1]
      else { return nil }
      return Header(name, value)
    }
  }
}
