import Testing

@testable import AMQP

/// What a worker says of its messages, by texts that are lent.
private final class LentBatch: OutgoingBatch {
  /// Of each message: exchange, routing key, content type, header, correlation id, message id, type, app id.
  let texts: [[String]]
  let bodies: [[UInt8]]

  init(_ texts: [[String]], bodies: [[UInt8]]) {
    self.texts = texts
    self.bodies = bodies
  }

  func write(_ index: Int, to writer: inout MessageWriter) {
    let texts = texts[index]
    let lent = texts.map { text in
      let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
      _ = copy.initialize(from: text.utf8)
      return UnsafeBufferPointer(copy)
    }
    defer { for text in lent { text.deallocate() } }
    bodies[index].withUnsafeBufferPointer { body in
      writer.publish(to: texts[0], routingKey: lent[1], body: body) { properties in
        properties.contentType(lent[2])
        properties.beginHeaders()
        if !texts[3].isEmpty { properties.header("x-header", lent[3]) }
        properties.endHeaders()
        properties.persistence(true)
        properties.correlationID(lent[4])
        if !texts[5].isEmpty { properties.messageID(lent[5]) }
        properties.timestamp(UInt64(index))
        properties.type(lent[6])
        properties.appID(texts[7])
      }
    }
  }

  func message(_ index: Int, isMandatory: Bool) -> OutgoingMessage {
    OutgoingMessage(token: UInt64(index), isMandatory: isMandatory, index: index, of: self)
  }

  /// The same as a value.
  func single(_ index: Int, isMandatory: Bool) -> OutgoingMessage {
    let texts = texts[index]
    return OutgoingMessage(
      token: UInt64(index), exchange: texts[0], routingKey: texts[1], isMandatory: isMandatory,
      properties: MessageProperties(
        contentType: texts[2], headers: texts[3].isEmpty ? [:] : ["x-header": .string(texts[3])],
        correlationID: texts[4], messageID: texts[5].isEmpty ? nil : texts[5],
        timestamp: UInt64(index), type: texts[6], appID: texts[7]),
      body: bodies[index])
  }
}

@Suite("Messages that are published together")
struct OutgoingBatchTests {
  @Test("Each is sent as it would be by itself, whatever its neighbours")
  func sameAsAlone() {
    let long = String(repeating: "é", count: 128)
    let texts = (0..<200).map { round in
      var texts = (0..<8).map { "\($0)-\(String(repeating: "x", count: round))" }
      if round % 3 == 0 { texts[3] = "" }
      if round % 5 == 0 { texts[5] = "" }
      if round % 7 == 0 { texts[round % 8 == 3 ? 4 : round % 8] = long }
      return texts
    }
    let batch = LentBatch(
      texts,
      bodies: texts.indices.map { round in
        (0..<round * 50).map { UInt8(truncatingIfNeeded: $0) }
      })
    var together = OutputBuffer()
    var alone = OutputBuffer()
    var refused = 0
    for index in texts.indices {
      let isMandatory = index % 2 == 0
      let (message, single) = (
        batch.message(index, isMandatory: isMandatory),
        batch.single(index, isMandatory: isMandatory)
      )
      let refusal = together.publish(message, frameMax: 4_096)
      #expect(refusal == alone.publish(single, frameMax: 4_096))
      if refusal != nil { refused += 1 }
      #expect(message.written == single.written)
      #expect(message.written.exchange == (refusal == nil ? texts[index][0] : ""))
    }
    #expect(together.bytes == alone.bytes)
    #expect(refused == texts.count { $0.contains(long) })
  }

  @Test("A message says where it goes and by which id, also one that it was given")
  func written() {
    let texts = ["x", "key", "t", "", "c", "own", "t", "a"]
    var nameless = texts
    nameless[5] = ""
    let batch = LentBatch([texts, nameless, nameless], bodies: [[1], [2], [3]])
    let written = (0..<3).map { batch.message($0, isMandatory: $0 < 2).written }
    #expect(written.map(\.messageID) == ["own", "token-1", nil])
    #expect(written.allSatisfy { $0.exchange == "x" && $0.routingKey == "key" })
    #expect(written.map(\.body) == [[1], [2], [3]])
  }
}
