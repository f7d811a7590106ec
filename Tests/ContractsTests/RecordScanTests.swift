import Billing
import Resizing
import Seeding
import Testing

@testable import Contracts

@Suite("The short way of reading records")
struct RecordScanTests {
  private static let bits = Array("{}[]\",:-./019aé×😀\u{7f}\u{1f}\\".utf8)

  @Test("Of an instance it says what the long one says, or nothing")
  func instances() throws {
    var numbers = SeededGenerator(seed: 5)
    let instances = (0..<500).map { _ in RecordCodec.encode(numbers.instance()) }
    try hold(RecordCodec.scanInstance, against: RecordCodec.readInstance, instances)
    try compareDecoding(RecordCodec.decodeInstance, RecordCodec.readInstance, instances)
  }

  @Test("Of a resize it says what the long one says, or nothing")
  func resizes() throws {
    var numbers = SeededGenerator(seed: 7)
    let resizes = (0..<500).map { _ in RecordCodec.encode(numbers.resize()) }
    try hold(RecordCodec.scanResize, against: RecordCodec.readResize, resizes)
    try compareDecoding(RecordCodec.decodeResize, RecordCodec.readResize, resizes)
  }

  /// Whatever becomes of a record's bytes.
  private func hold<Record: Equatable>(
    _ scan: ([UInt8]) -> Record?,
    against read: ([UInt8]) throws(ContractViolation) -> Record, _ records: [[UInt8]]
  ) throws {
    var numbers = SeededGenerator(seed: 8)
    var scanned = 0
    for (number, record) in records.enumerated() {
      var bytes = record
      // Escapes go the long way.
      if number.isMultiple(of: 2) { bytes = try JSONParser.parse(bytes).withoutEscapes.bytes }
      let value = try read(bytes)
      if let short = scan(bytes) {
        scanned += 1
        #expect(short == value)
      }
      #expect(scan(Array(bytes.dropLast())) == nil)
      #expect(scan(Array(bytes.prefix(Int.random(in: bytes.indices, using: &numbers)))) == nil)
      #expect(scan(bytes + [0x20]) == nil)
      for _ in 0..<40 {
        var changed = bytes
        let index = Int.random(in: bytes.indices, using: &numbers)
        switch Int.random(in: 0..<4, using: &numbers) {
        case 0: changed.remove(at: index)
        case 1: changed.insert(Self.bits.randomElement(using: &numbers) ?? 0, at: index)
        default: changed[index] = Self.bits.randomElement(using: &numbers) ?? 0
        }
        if let short = scan(changed) { #expect(try short == read(changed)) }
      }
      let shuffled = try JSONParser.parse(bytes).shuffled(by: &numbers).bytes
      #expect(try read(shuffled) == value)
      if let short = scan(shuffled) { #expect(short == value) }
    }
    #expect(scanned >= 250)
  }

  /// What is read of a damaged record, or said about it, is what the long way alone reads or says.
  private func compareDecoding<Record: Equatable>(
    _ decode: ([UInt8]) throws(ContractViolation) -> Record,
    _ read: ([UInt8]) throws(ContractViolation) -> Record, _ records: [[UInt8]]
  ) throws {
    var numbers = SeededGenerator(seed: 9)
    for record in records {
      var bytes = record
      let index = Int.random(in: bytes.indices, using: &numbers)
      bytes[index] = UInt8.random(in: .min ... .max, using: &numbers)
      for bytes in [record, bytes, Array(record[..<index])] {
        #expect(outcome(of: decode, bytes) == outcome(of: read, bytes))
      }
    }
  }

  private func outcome<Record>(
    of decode: ([UInt8]) throws(ContractViolation) -> Record, _ bytes: [UInt8]
  ) -> Result<Record, ContractViolation> {
    Result { () throws(ContractViolation) in try decode(bytes) }
  }

  @Test(
    "Texts of any language without escapes are read the short way, bytes that are no text are not",
    arguments: [
      ([0xC3, 0x97], true), ([0xE2, 0x88, 0x92], true), ([0xF0, 0x9F, 0x98, 0x80], true),
      ([0x7F], true), ([0xC3], false), ([0x97], false), ([0xED, 0xA0, 0x80], false),
      ([0xC0, 0x80], false), ([0xFF], false), ([0x1F], false), ([0x5C, 0x6E], false),
    ] as [([UInt8], Bool)])
  func texts(_ character: [UInt8], _ isShort: Bool) throws {
    for count in 0..<20 {
      let text = Array("\(String(repeating: "a", count: count))".utf8) + character + [0x62]
      let record = Array(Self.resize.utf8).replacing(Array("REFERENCE".utf8), with: text)
      let scanned = RecordCodec.scanResize(record)
      #expect((scanned != nil) == isShort)
      if let scanned {
        #expect(try scanned == RecordCodec.readResize(record))
        #expect(scanned.payment?.providerReference.map { Array($0.utf8) } == text)
      }
    }
  }

  @Test(
    "What the long way reads and no record is written as is left to it",
    arguments: [
      (#""dryRun":true"#, #""dryRun":false"#), (#""dryRun":true"#, #""dryRun":null"#),
      (#""sequence":1"#, #""sequence":1 "#), (#""sequence":1"#, #""sequence":-0"#),
      (#""sequence":1"#, #""newer":[],"sequence":1"#), (#"[1050,"USD"]"#, #"[-0,"USD"]"#),
      (#"[1050,"USD"]"#, #"[1050,"USD",1]"#), (#"[1050,"USD"]"#, #"[1050,"USDS"]"#),
      (#"[1050,"USD"]"#, #"[1050,"usd"]"#), (#"[1050,"USD"]"#, #"[1050,"UZZ"]"#),
      (#""v":1"#, #""v":2"#), (#""state":"failed""#, #""state":"Failed""#),
    ])
  func unusual(_ usual: String, _ instead: String) throws {
    let record = Array(Self.resize.utf8)
    #expect(RecordCodec.scanResize(record) != nil)
    let other = Array(Self.resize.replacing(usual, with: instead).utf8)
    #expect(other != record)
    #expect(RecordCodec.scanResize(other) == nil)
    #expect(
      outcome(of: RecordCodec.decodeResize, other) == outcome(of: RecordCodec.readResize, other))
  }

  private static let resize = #"""
    {"v":1,"request":{"requestId":"r","tenantId":"t","instanceId":"i","units":3,"dryRun":true},\#
    "state":"failed","sequence":1,"requestedAt":1,"updatedAt":2,"payment":{"id":"p",\#
    "purpose":"charge","state":"declined","amount":[1050,"USD"],"attempt":1,\#
    "providerReference":"REFERENCE"},"applyAttempt":0,"version":4}
    """#
}

extension JSONValue {
  /// The same with texts that stand for themselves.
  fileprivate var withoutEscapes: JSONValue {
    switch self {
    case .string(let text):
      .string(
        String(
          String.UnicodeScalarView(
            text.unicodeScalars.filter { $0.value >= 0x20 && $0 != "\"" && $0 != "\\" })))
    case .array(let elements): .array(elements.map(\.withoutEscapes))
    case .object(let members):
      .object(members.map { JSONMember($0.name, $0.value.withoutEscapes) })
    default: self
    }
  }
}
