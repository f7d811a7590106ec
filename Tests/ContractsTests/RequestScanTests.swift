import Resizing
import Seeding
import Testing

@testable import Contracts

@Suite("The short way of reading requests")
struct RequestScanTests {
  private static let bits = Array("{}[]\",:-+.eE019atn \u{7f}é\\".utf8)

  private func scan(_ body: [UInt8]) -> IncomingEvent? {
    IncomingMessage.scan(body, nil, RequestContext(replyTo: "answers"))
  }

  /// What the long way says, which must be the same where the short one says anything.
  private func compare(_ body: [UInt8], _ comment: String = "") throws -> Bool {
    guard let event = scan(body) else { return false }
    let text = String(decoding: body, as: UTF8.self)
    let read = try IncomingMessage.read(body, nil, RequestContext(replyTo: "answers"))
    #expect(event == read, "\(comment): \(text)")
    return true
  }

  @Test("It says what the long way says, or nothing, whatever becomes of a request's bytes")
  func mutations() throws {
    var numbers = SeededGenerator(seed: 41)
    let encoder = IncomingEventEncoder(source: "/test")
    var scanned = 0
    for number in 0..<300 {
      let drawn = numbers.request()
      let isPlain = number.isMultiple(of: 2)
      let request = ResizeRequest(
        requestId: "r-\(number)", tenantId: isPlain ? "t" : drawn.tenantId, instanceId: "i ~!",
        target: isPlain ? ResizeTarget(spec: "s", mbps: number) : drawn.target,
        billingMode: drawn.billingMode, voucher: number.isMultiple(of: 5) ? drawn.voucher : nil,
        dryRun: drawn.dryRun)
      let message = encoder.encode(
        .requested(request, RequestContext()), id: "e-\(number)", at: numbers.moment())
      var body = try #require(message).body
      if try compare(body) { scanned += 1 }
      for _ in 0..<60 {
        let index = Int.random(in: body.indices, using: &numbers)
        let byte = body[index]
        body[index] = Self.bits.randomElement(using: &numbers) ?? 0
        _ = try compare(body, "a byte was changed")
        body[index] = byte
      }
      let cut = Int.random(in: body.indices, using: &numbers)
      #expect(scan(Array(body[..<cut])) == nil)
      #expect(scan(body + [UInt8(ascii: "x")]) == nil)
    }
    #expect(scanned >= 100)
  }

  @Test(
    "Members come in any order and with white space; what is unusual goes the long way",
    arguments: [
      (#"{"data": {"target":{"mbps":5 }, "instanceId":"i","tenantId":"t","requestId":"r"}}"#, true),
      (#"{"data":{"requestId":"r","tenantId":"t","instanceId":"i","target":{"spec":"s"}}}"#, true),
      (#"{"data":{"requestId":"r","tenantId":"t","instanceId":"i","target":{"units":-1}}}"#, false),
      (#"{"data":{"requestId":"r","tenantId":"t","instanceId":"i","target":{"mbps":1e1}}}"#, false),
      (#"{"data":{"requestId":"r","tenantId":"t","instanceId":"i","target":{"mbps":01}}}"#, false),
      (#"{"data":{"requestId":"r","tenantId":"t","instanceId":"i","target":{}}}"#, false),
      (#"{"data":{"requestId":" r","tenantId":"t","instanceId":"i","target":{"mbps":1}}}"#, false),
      (#"{"data":{"requestId":"r","requestId":"r","tenantId":"t","instanceId":"i"}}"#, false),
      (#"{"data":null}"#, false), (#"{"note":1,"data":{}}"#, false), (#"{"data":{}}"#, false),
    ])
  func shapes(_ text: String, _ isShort: Bool) throws {
    let envelope = #"{"specversion":"1.0","type":"resize.requested.v1","id":"e","source":"/s","#
    let body = Array((envelope + "\n" + text.dropFirst()).utf8)
    #expect(try compare(body) == isShort)
    #expect(IncomingMessage.scan(body, "application/json", RequestContext()) == nil)
  }
}
