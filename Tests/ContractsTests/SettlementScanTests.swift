import Billing
import Resizing
import Seeding
import Testing

@testable import Contracts

@Suite("The short way of reading settlements")
struct SettlementScanTests {
  private static let bits = Array("{}[]\",:-+.eE019atn \u{7f}é\\".utf8)

  private func scan(_ body: [UInt8]) -> IncomingEvent? {
    IncomingMessage.scan(body, nil, RequestContext())
  }

  /// What the long way says, which must be the same where the short one says anything.
  private func compare(_ body: [UInt8], _ comment: String = "") throws -> Bool {
    guard let event = scan(body) else { return false }
    let text = String(decoding: body, as: UTF8.self)
    #expect(
      try event == IncomingMessage.read(body, nil, RequestContext()), "\(comment): \(text)")
    return true
  }

  /// What the worker reads, or what it answers a message that is not in order, is what the long way alone comes to.
  private func compareDecoding(_ body: [UInt8]) {
    let decoded = Result { () throws(ContractViolation) in try IncomingMessage.decode(body) }
    let read = Result { () throws(ContractViolation) in
      try IncomingMessage.read(body, nil, RequestContext())
    }
    #expect(decoded == read)
  }

  private func message(
    _ number: Int, _ numbers: inout SeededGenerator
  ) throws -> IncomingEventEncoder.Message {
    let isPlain = number.isMultiple(of: 2)
    let settlement = Settlement(
      movementId: isPlain ? "pay_\(number)" : numbers.movementId(),
      requestId: isPlain ? "r-\(number)" : numbers.identifier(), outcome: numbers.one(),
      settled: numbers.maybe { $0.money() },
      reason: numbers.maybe {
        isPlain ? Reason(code: "CardExpired", message: "ask ~ again") : $0.reason()
      },
      providerReference: numbers.maybe { isPlain ? "" : $0.text() })
    let input: ResizeInput =
      Bool.random(using: &numbers) ? .paymentSettled(settlement) : .refundSettled(settlement)
    return try #require(
      IncomingEventEncoder(source: "/test").encode(
        input, id: "e-\(number)", at: numbers.moment()))
  }

  @Test("It says what the long way says, or nothing, whatever becomes of a settlement's bytes")
  func mutations() throws {
    var numbers = SeededGenerator(seed: 43)
    var scanned = 0
    for number in 0..<400 {
      var body = try message(number, &numbers).body
      if try compare(body) { scanned += 1 }
      for _ in 0..<60 {
        let index = Int.random(in: body.indices, using: &numbers)
        let byte = body[index]
        body[index] = Self.bits.randomElement(using: &numbers) ?? 0
        _ = try compare(body, "a byte was changed")
        if number.isMultiple(of: 8) { compareDecoding(body) }
        body[index] = byte
      }
      let cut = Int.random(in: body.indices, using: &numbers)
      #expect(scan(Array(body[..<cut])) == nil)
      compareDecoding(Array(body[..<cut]))
      #expect(scan(body + [UInt8(ascii: "x")]) == nil)
    }
    #expect(scanned >= 200)
  }

  @Test(
    "The payment of a request with the longest id is settled, and one with a longer id is not",
    arguments: [(128, true), (129, false)])
  func longestIds(_ length: Int, _ isSettled: Bool) throws {
    let requestId = String(repeating: "r", count: length)
    let settlement = Settlement(
      movementId: "pay_" + requestId, requestId: String(requestId.prefix(128)), outcome: .succeeded)
    let body = try #require(
      IncomingEventEncoder(source: "/test").encode(
        .paymentSettled(settlement), id: "e-1", at: Moment(millisecondsSinceEpoch: 0))
    ).body
    #expect(try compare(body) == isSettled)
    let decoded = Result { () throws(ContractViolation) in try IncomingMessage.decode(body).input }
    #expect((try? decoded.get()) == (isSettled ? .paymentSettled(settlement) : nil))
  }

  @Test("Members come in any order, the type before the data or behind them")
  func orders() throws {
    var numbers = SeededGenerator(seed: 44)
    for number in 0..<400 {
      let body = try message(2 * number, &numbers).body
      let shuffled = try JSONParser.parse(body).shuffled(by: &numbers).bytes
      #expect(try compare(shuffled))
      #expect(scan(shuffled) == scan(body))
    }
  }

  @Test(
    "White space is the sender's affair; what is unusual goes the long way",
    arguments: [
      (#""paymentId":"p", "requestId":"r","outcome":"failed" "#, true),
      (#""paymentId":"p","requestId":"r","outcome":"failed","reason":{"code":"C"}"#, true),
      (#""paymentId":"p","requestId":"r","outcome":"failed","reason":{"message":"m"}"#, false),
      (#""paymentId":"p","requestId":"r","outcome":"failed","reason":{"code":""}"#, false),
      (#""paymentId":"p","requestId":"r","outcome":"failed","reason":null"#, false),
      (#""paymentId":"p","requestId":"r","outcome":"failed","providerReference":"→""#, false),
      (#""paymentId":"p","requestId":"r","outcome":"Failed""#, false),
      (#""paymentId":"p","requestId":"r","outcome":"failed","outcome":"failed""#, false),
      (#""paymentId":"p","refundId":"p","requestId":"r","outcome":"failed""#, false),
      (#""refundId":"p","requestId":"r","outcome":"failed""#, false),
      (#""paymentId":" p","requestId":"r","outcome":"failed""#, false),
      (#""paymentId":"p","outcome":"failed""#, false),
      (#""paymentId":"p","requestId":"r""#, false),
      (#""paymentId":"p","requestId":"r","outcome":"failed","note":1"#, false),
      (
        #""paymentId":"p","requestId":"r","outcome":"failed","settledAt":"2026-11-20T08:00:00Z""#,
        true
      ),
      (
        #""paymentId":"p","requestId":"r","outcome":"failed","settledAt":"1969-12-31T23:59:59Z""#,
        false
      ),
      (#""paymentId":"p","requestId":"r","outcome":"failed","settledAt":"yesterday""#, false),
    ])
  func shapes(_ data: String, _ isShort: Bool) throws {
    let body = Array((Self.envelope + #","data":{\#(data)}}"#).utf8)
    #expect(try compare(body) == isShort)
    compareDecoding(body)
    let typeLast = Array(#"{"data":{\#(data)},\#(Self.envelope.dropFirst())}"#.utf8)
    #expect(try compare(typeLast) == isShort)
    compareDecoding(typeLast)
  }

  @Test(
    "Money is read as the long way reads it",
    arguments: [
      (#"{"currency":"USD","value":"197.66"}"#, true),
      (#"{"value":"501", "currency":"JPY"}"#, true), (#"{"currency":"USD","value":"50"}"#, true),
      (#"{"currency":"USD","value":"-0.01"}"#, false),
      (#"{"currency":"USD","value":"0.001"}"#, false), (#"{"currency":"USD","value":1}"#, false),
      (#"{"currency":"usd","value":"1"}"#, false), (#"{"currency":"USDT","value":"1"}"#, false),
      (#"{"currency":"USD","value":"999999999999999999"}"#, false),
      (#"{"currency":"USD"}"#, false), (#"{"value":"1"}"#, false), (#""1 USD""#, false),
      (#"{"currency":"USD","value":"1","value":"1"}"#, false),
      (#"{"currency":"USD","value":"1","exact":"1/1"}"#, false),
    ])
  func money(_ money: String, _ isShort: Bool) throws {
    let data = #""paymentId":"p","requestId":"r","outcome":"succeeded","settled":"#
    let body = Array((Self.envelope + #","data":{\#(data)\#(money)}}"#).utf8)
    #expect(try compare(body) == isShort)
    compareDecoding(body)
  }

  @Test("A settlement under another type goes the long way")
  func types() throws {
    let data = #","data":{"paymentId":"p","requestId":"r","outcome":"failed"}}"#
    for type in [
      "resize.requested.v1", "refund.settled.v1", "instance.applied.v1", "payment.settled.v2", "",
    ] {
      let envelope = Self.envelope.replacing("payment.settled.v1", with: type)
      let body = Array((envelope + data).utf8)
      #expect(scan(body) == nil)
      compareDecoding(body)
    }
  }

  private static let envelope =
    #"{"specversion":"1.0","type":"payment.settled.v1","id":"e","source":"/s""#
}
