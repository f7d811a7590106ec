import Testing

@testable import AMQP

@Suite("What goes before the body of a publish, byte for byte")
struct PublishOpeningTests {
  private static let method: [UInt8] =
    [1, 0, 1, 0, 0, 0, 11, 0, 60, 0, 40, 0, 0, 1] + Array("x".utf8) + [1] + Array("k".utf8)

  /// The frames of a message to the exchange `x` with the key `k`.
  private static func frames(
    _ properties: MessageProperties, isMandatory: Bool = false, body: [UInt8] = [7]
  ) throws -> [UInt8] {
    var buffer = OutputBuffer()
    let reason = buffer.publish(
      OutgoingMessage(
        token: 9, exchange: "x", routingKey: "k", isMandatory: isMandatory, properties: properties,
        body: body),
      frameMax: 4_096)
    #expect(reason == nil)
    return buffer.bytes
  }

  /// The same, from the flags and the list of properties as the specification has them.
  private static func expected(
    isMandatory: UInt8 = 0, _ flags: UInt16, _ list: [UInt8]
  ) -> [UInt8] {
    method + [isMandatory, 206, 2, 0, 1, 0, 0, 0, UInt8(14 + list.count)]
      + [0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, UInt8(flags >> 8), UInt8(flags & 255)] + list
      + [206, 3, 0, 1, 0, 0, 0, 1, 7, 206]
  }

  private static func short(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + text.utf8 }

  @Test("No property but the delivery mode")
  func bare() throws {
    #expect(try Self.frames(MessageProperties()) == Self.expected(0x1000, [2]))
    #expect(
      try Self.frames(MessageProperties(isPersistent: false)) == Self.expected(0x1000, [1]))
  }

  @Test(
    "Each text property by itself",
    arguments: [
      (\MessageProperties.contentType, 0x8000, true), (\.contentEncoding, 0x4000, true),
      (\.correlationID, 0x0400, false), (\.replyTo, 0x0200, false), (\.expiration, 0x0100, false),
      (\.messageID, 0x0080, false), (\.type, 0x0020, false), (\.userID, 0x0010, false),
      (\.appID, 0x0008, false),
    ] as [(WritableKeyPath<MessageProperties, String?> & Sendable, UInt16, Bool)])
  func texts(
    property: WritableKeyPath<MessageProperties, String?> & Sendable, flag: UInt16, isFirst: Bool
  ) throws {
    for text in ["", "é", "longer than what a string holds in itself"] {
      var properties = MessageProperties()
      properties[keyPath: property] = text
      let list = isFirst ? Self.short(text) + [2] : [2] + Self.short(text)
      #expect(try Self.frames(properties) == Self.expected(0x1000 | flag, list))
    }
  }

  @Test("All of them stand in the order of their flags")
  func all() throws {
    let properties = MessageProperties(
      contentType: "ct", contentEncoding: "ce", headers: ["h": "v"], priority: 5,
      correlationID: "co", replyTo: "re", expiration: "ex", messageID: "id",
      timestamp: 0x0102_0304_0506_0708, type: "ty", userID: "us", appID: "ap")
    let texts = ["ct", "ce", "co", "re", "ex", "id", "ty", "us", "ap"].map(Self.short)
    let headers: [UInt8] = [0, 0, 0, 8] + Self.short("h") + [UInt8(ascii: "S"), 0, 0, 0, 1, 118]
    let list = Array(texts[0...1].joined()) + headers + [2, 5] + texts[2...5].joined()
    #expect(
      try Self.frames(properties)
        == Self.expected(0xfff8, list + Array(1...8) + texts[6...8].joined()))
  }

  @Test("A mandatory message without an id is given one made of its token, others are not")
  func ids() throws {
    #expect(
      try Self.frames(MessageProperties(), isMandatory: true)
        == Self.expected(isMandatory: 1, 0x1080, [2] + Self.short("token-9")))
    #expect(
      try Self.frames(MessageProperties(messageID: "own"), isMandatory: true)
        == Self.expected(isMandatory: 1, 0x1080, [2] + Self.short("own")))
  }

  @Test("A body is divided by what a frame holds; an empty one has no frame")
  func bodies() throws {
    let room = 4_096 - 8
    for count in [0, 1, room - 1, room, room + 1, 3 * room] {
      let body = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
      let frames = try Self.frames(MessageProperties(), body: body)
      var rest = frames[(Self.method.count + 2 + 7 + 15 + 1)...]
      var found: [UInt8] = []
      while !rest.isEmpty {
        let size = rest.dropFirst(3).prefix(4).reduce(0) { $0 << 8 | Int($1) }
        #expect(size > 0 && size <= room && rest.starts(with: [3, 0, 1]))
        found += rest.dropFirst(7).prefix(size)
        #expect(rest.dropFirst(7 + size).first == 206)
        rest = rest.dropFirst(8 + size)
      }
      #expect(found == body)
    }
  }

  @Test(
    "What does not fit is said when it is to be sent, and nothing is written",
    arguments: [
      Given.message(to: String(repeating: "é", count: 128)),
      Given.message(exchange: String(repeating: "x", count: 256), to: "q"),
      Given.message(to: "q") { $0.appID = String(repeating: "x", count: 256) },
      Given.message(to: "q") { $0.headers[String(repeating: "x", count: 256)] = 1 },
      Given.message(to: "q") { $0.headers["long"] = .bytes(Array(repeating: 0, count: 4_000)) },
    ])
  func unsendable(message: OutgoingMessage) {
    var buffer = OutputBuffer()
    buffer.heartbeat()
    let before = buffer.bytes
    let reason = buffer.publish(message, frameMax: 4_000)
    #expect(reason?.hasPrefix("not sent: ") == true)
    #expect(buffer.bytes == before)
  }
}

@Suite("The buffer of what is to be sent")
struct OutputBufferTests {
  @Test("What is appended is sent in order, however it is sent and however far it grows")
  func order() {
    var buffer = OutputBuffer()
    var sent: [UInt8] = []
    for round in 0..<3_000 {
      buffer.append(Array(repeating: UInt8(round % 251), count: round))
      if round % 7 == 0 {
        let some = min(buffer.count, 5 * round)
        sent += buffer.withUnsent { Array($0.prefix(some)) }
        buffer.markSent(some)
      }
    }
    sent += buffer.withUnsent { Array($0) }
    buffer.markSent(buffer.count)
    #expect(buffer.isEmpty && buffer.length == 0)
    #expect(sent == (0..<3_000).flatMap { Array(repeating: UInt8($0 % 251), count: $0) })
  }
}
