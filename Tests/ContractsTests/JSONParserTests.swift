import Contracts
import Testing

@Suite("JSON")
struct JSONParserTests {
  @Test(
    "What RFC 8259 allows is read, and written the same way",
    arguments: [
      "null", "true", "false", "0", "-0", "-1", "1.5", "1e3", "1E+3", "-0.5e-7",
      "123456789012345678901",
      "\"\"", "\"a\"", "\"é€😀\"", "[]", "[1,[2,[]]]", "{}", "{\"a\":{\"b\":[null]}}",
      "\"\\\"\\\\\\n\\r\\t\\u0000\\u001f\"",
    ])
  func accepted(_ text: String) throws {
    #expect(try JSONParser.parse(Array(text.utf8)).bytes == Array(text.utf8))
  }

  @Test(
    "Escapes become the characters they stand for",
    arguments: [
      (#""\u0041\/\b\f""#, "A/\u{8}\u{c}"), (#""\ud83d\ude00""#, "😀"), (#""\u00e9x\u20AC""#, "éx€"),
      (#""é\n€""#, "é\n€"),
    ])
  func escapes(_ text: String, _ meaning: String) throws {
    #expect(try JSONParser.parse(Array(text.utf8)) == .string(meaning))
  }

  @Test(
    "What RFC 8259 does not allow is refused",
    arguments: [
      "", " ", "nul", "truex", "tru", "+1", "01", "-", "1.", ".5", "1e", "1e+", "0x10", "NaN",
      "Infinity",
      "-Infinity", "'a'", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"tab\there\"",
      "\"line\nbreak\"",
      "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}",
      "{a:1}",
      "{\"a\" 1}", "{1:2}", "1 2", "[] x", "// c\n1", "/**/1", "\u{FEFF}1", "\u{A0}1",
    ])
  func refused(_ text: String) {
    #expect(throws: JSONError.self) { try JSONParser.parse(Array(text.utf8)) }
  }

  @Test(
    "Bytes that are not UTF-8, and half surrogate pairs, are refused as such",
    arguments: [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0x80],
      Array(#"\ud800"#.utf8), Array(#"\udc00"#.utf8), Array(#"\ud800\u0041"#.utf8),
      Array(#"\ud800x"#.utf8),
    ] as [[UInt8]])
  func notUnicode(_ bytes: [UInt8]) throws {
    let quote = UInt8(ascii: "\"")
    let error = try #require(throws: JSONError.self) {
      try JSONParser.parse([quote] + bytes + [quote])
    }
    #expect(error.code == .invalidUTF8)
    #expect(error.offset == 1)
  }

  @Test("Thirty-two levels are read, one more is refused, and a million cannot exhaust the stack")
  func depth() throws {
    func nested(_ levels: Int) -> [UInt8] {
      Array(repeating: UInt8(ascii: "["), count: levels)
        + Array(repeating: UInt8(ascii: "]"), count: levels)
    }
    _ = try JSONParser.parse(nested(32))
    for levels in [33, 1_000_000] {
      let error = try #require(throws: JSONError.self) { try JSONParser.parse(nested(levels)) }
      #expect(error.code == .tooDeep)
    }
  }

  @Test("Two members of one name are refused, in small objects and in large ones")
  func duplicates() throws {
    let small = try #require(throws: JSONError.self) {
      try JSONParser.parse(Array(#"{"a":1,"\u0061":2}"#.utf8))
    }
    #expect(small.code == .duplicateName)
    let names = (0..<1_000).map { "\"n\($0)\":0" }.joined(separator: ",")
    _ = try JSONParser.parse(Array("{\(names)}".utf8))
    for again in [0, 23, 24, 25, 999] {
      let large = try #require(throws: JSONError.self) {
        try JSONParser.parse(Array("{\(names),\"n\(again)\":1}".utf8))
      }
      #expect(large.code == .duplicateName)
    }
  }

  @Test("An error says line, column and what was expected")
  func places() throws {
    let error = try #require(throws: JSONError.self) {
      try JSONParser.parse(Array("{\n  \"a\": 1\n  \"b\": 2\n}".utf8))
    }
    #expect(error.offset == 13)
    #expect("\(error)" == "line 3, column 3: there is \"\"\" where a comma or } should be")
    let end = try #require(throws: JSONError.self) { try JSONParser.parse(Array("[1".utf8)) }
    #expect(end.message == "the document ends where a comma or ] should be")
  }

  @Test("A number keeps its text, whatever its size")
  func numbers() throws {
    let text = "12345678901234567890123456789.000100"
    #expect(try JSONParser.parse(Array(text.utf8)) == .number(text))
  }
}
