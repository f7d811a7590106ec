import Testing

@testable import AMQP

@Suite("Messages that are encoded together")
struct OutgoingBatchTests {
  private static func wire(_ message: OutgoingMessage) -> [UInt8] {
    var buffer = OutputBuffer()
    #expect(buffer.publish(message, frameMax: 4_096) == nil)
    return buffer.bytes
  }

  /// What a worker says of a message, by texts that are lent.
  private static func append(
    _ token: UInt64, _ texts: [String], body: [UInt8], isMandatory: Bool,
    to batch: inout OutgoingBatch
  ) {
    let lent = texts.map { text in
      let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
      _ = copy.initialize(from: text.utf8)
      return UnsafeBufferPointer(copy)
    }
    defer { for text in lent { text.deallocate() } }
    body.withUnsafeBufferPointer { body in
      batch.append(
        token: token, exchange: texts[0], routingKey: lent[1], isMandatory: isMandatory, body: body
      ) { properties in
        properties.contentType(lent[2])
        properties.beginHeaders()
        if !texts[3].isEmpty { properties.header("x-header", lent[3]) }
        properties.endHeaders()
        properties.persistence(true)
        properties.correlationID(lent[4])
        if !texts[5].isEmpty { properties.messageID(lent[5]) }
        properties.timestamp(token)
        properties.type(lent[6])
        properties.appID(texts[7])
      }
    }
  }

  /// The same as a value.
  private static func message(
    _ token: UInt64, _ texts: [String], body: [UInt8], isMandatory: Bool
  ) -> OutgoingMessage {
    OutgoingMessage(
      token: token, exchange: texts[0], routingKey: texts[1], isMandatory: isMandatory,
      properties: MessageProperties(
        contentType: texts[2], headers: texts[3].isEmpty ? [:] : ["x-header": .string(texts[3])],
        correlationID: texts[4], messageID: texts[5].isEmpty ? nil : texts[5], timestamp: token,
        type: texts[6], appID: texts[7]),
      body: body)
  }

  @Test("Each is what it is by itself, whatever its neighbours")
  func sameAsAlone() {
    let long = String(repeating: "é", count: 128)
    var batch = OutgoingBatch()
    var alone: [OutgoingMessage] = []
    for round in 0..<200 {
      var texts = (0..<8).map { "\($0)-\(String(repeating: "x", count: round))" }
      if round % 3 == 0 { texts[3] = "" }
      if round % 5 == 0 { texts[5] = "" }
      if round % 7 == 0 { texts[round % 8 == 3 ? 4 : round % 8] = long }
      let body = (0..<round * 20).map { UInt8(truncatingIfNeeded: $0) }
      let (token, isMandatory) = (UInt64(round), round % 2 == 0)
      Self.append(token, texts, body: body, isMandatory: isMandatory, to: &batch)
      alone.append(Self.message(token, texts, body: body, isMandatory: isMandatory))
    }
    let together = batch.messages()
    #expect(together.count == alone.count)
    for (message, other) in zip(together, alone) {
      #expect(message.token == other.token && message.exchange == other.exchange)
      #expect(message.isMandatory == other.isMandatory && message.unsendable == other.unsendable)
      guard message.unsendable == nil else { continue }
      #expect(message.body == other.body)
      #expect(Self.wire(message) == Self.wire(other))
    }
    #expect(together.contains { $0.unsendable != nil })
  }

  @Test("A returned message is found by where it went and by its id, also by one that it was given")
  func addressed() {
    var batch = OutgoingBatch()
    let texts = ["x", "key", "t", "", "c", "own", "t", "a"]
    Self.append(1, texts, body: [], isMandatory: true, to: &batch)
    var nameless = texts
    nameless[5] = ""
    Self.append(2, nameless, body: [], isMandatory: true, to: &batch)
    Self.append(3, nameless, body: [], isMandatory: false, to: &batch)
    let messages = batch.messages()
    #expect(messages[0].isAddressed(to: "x", "key", messageID: "own"))
    #expect(messages[1].isAddressed(to: "x", "key", messageID: "token-2"))
    #expect(messages[2].isAddressed(to: "x", "key", messageID: nil))
    for (exchange, key, id) in [("y", "key", "own"), ("x", "other", "own"), ("x", "key", "no")] {
      #expect(!messages[0].isAddressed(to: exchange, key, messageID: id))
    }
  }
}
