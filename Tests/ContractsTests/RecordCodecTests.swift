import Billing
import Resizing
import Seeding
import Testing

@testable import Contracts

@Suite("Records")
struct RecordCodecTests {
  @Test("Every resize reads back as it was stored")
  func resizes() throws {
    var numbers = SeededGenerator(seed: 1)
    for _ in 0..<2_000 {
      let resize = numbers.resize()
      #expect(try RecordCodec.decodeResize(RecordCodec.encode(resize)) == resize)
    }
  }

  @Test("Every instance reads back as it was stored, and as it was sent")
  func instances() throws {
    var numbers = SeededGenerator(seed: 2)
    for _ in 0..<2_000 {
      var instance = numbers.instance()
      #expect(try Instance(json: instance.json) == instance)
      var subscription = instance.subscription
      subscription.configuration.mbps = numbers.maybe { $0.count() }
      instance = instance.with(subscription: subscription)
      #expect(try RecordCodec.decodeInstance(RecordCodec.encode(instance)) == instance)
    }
  }

  @Test("Values that a message may not have are stored all the same")
  func unusualValues() throws {
    var numbers = SeededGenerator(seed: 3)
    var instance = numbers.instance()
    var subscription = instance.subscription
    subscription.expiresAt = Instant(secondsSinceEpoch: Int64.min)
    subscription.downgrades = -1
    subscription.orders = [
      Order(
        orderId: String(repeating: "o", count: 500), startsAt: Instant(secondsSinceEpoch: -1),
        endsAt: Instant(secondsSinceEpoch: Int64.max),
        paidCash: try #require(ExactDecimal("-1.50")), currency: "no currency")
    ]
    instance = instance.with(state: "", subscription: subscription)
    let stored = try RecordCodec.decodeInstance(RecordCodec.encode(instance))
    #expect(stored == instance)
    #expect(stored.subscription.orders[0].paidCash.description == "-1.50")
  }

  @Test("The largest amount that is quoted is read back, in any currency")
  func largestAmounts() throws {
    var numbers = SeededGenerator(seed: 7)
    for code in ["JPY", "USD", "KWD", "CLF"] {
      let most = Money(minorUnits: .max, currency: try #require(Currency(code: code)))
      var instance = numbers.instance()
      var subscription = instance.subscription
      subscription.orders = [
        Order(
          orderId: "o", startsAt: Instant(secondsSinceEpoch: 0),
          endsAt: Instant(secondsSinceEpoch: 1), paidCash: StatedAmount(most).value, currency: code)
      ]
      instance = instance.with(subscription: subscription)
      #expect(try RecordCodec.decodeInstance(RecordCodec.encode(instance)) == instance)
      #expect(try Instance(json: instance.json) == instance)
      #expect(Money(value: most.value, currency: most.currency) == most)
    }
  }

  @Test("A quote that was stored without what it takes back is read, and takes nothing back")
  func withoutTakingBack() throws {
    var numbers = SeededGenerator(seed: 6)
    var resize = numbers.resize()
    var quote = numbers.quote()
    quote.refundOf = [RefundShare(orderId: "o", amount: quote.amount, isTakenBack: true)]
    func assess(_ quote: Quote) -> Assessment {
      Assessment(
        before: Configuration(spec: "small"), after: Configuration(spec: "large"), quote: quote,
        lines: [])
    }
    resize.assessment = assess(quote)
    let stored = String(decoding: RecordCodec.encode(resize), as: UTF8.self)
    let older = stored.replacing(#","isTakenBack":true"#, with: "")
    #expect(older != stored)
    quote.refundOf[0].isTakenBack = false
    resize.assessment = assess(quote)
    #expect(try RecordCodec.decodeResize(Array(older.utf8)) == resize)
  }

  @Test("A record of another version, or of something else, is corrupt and says where")
  func corrupt() throws {
    var numbers = SeededGenerator(seed: 4)
    var resize = numbers.resize()
    while resize.assessment == nil { resize = numbers.resize() }
    let record = try JSONParser.parse(RecordCodec.encode(resize))
    let cases: [(String, JSONValue?)] = [
      ("v", .number("2")), ("v", nil), ("state", .string("unknown")), ("request.requestId", nil),
      ("requestedAt", .string("2026-11-20T08:00:00Z")), ("after", nil),
    ]
    for (path, value) in cases {
      let violation = try #require(throws: ContractViolation.self) {
        try RecordCodec.decodeResize(record.setting(path, to: value).bytes)
      }
      #expect(violation.code == .corruptRecord && violation.path == path)
    }
  }
}
