/// Appends JSON to one buffer, without white space, in the order of the calls.
///
/// It puts the commas; that names and values alternate in objects is up to the caller.
public struct JSONWriter {
  public internal(set) var bytes: [UInt8] = []
  var needsComma = false

  /// - Parameter capacity: Room for most events; a buffer that has to grow is copied, and is twice as long as needed for as long as
  ///   its event waits for a confirm.
  public init(capacity: Int = 1536) { bytes.reserveCapacity(capacity) }

  public mutating func beginObject() { open(UInt8(ascii: "{")) }
  public mutating func endObject() { close(UInt8(ascii: "}")) }
  public mutating func beginArray() { open(UInt8(ascii: "[")) }
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  /// The name of the member whose value comes next; plain ASCII without quotes and backslashes.
  public mutating func name(_ name: StaticString) {
    name.withUTF8Buffer { appendQuoted($0, isName: true) }
  }

  /// The name of the member whose value comes next, whatever its characters.
  public mutating func name(_ name: String) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  public mutating func string(_ text: String) {
    var text = text
    text.withUTF8 { characters in
      if Self.isPlain(characters) {
        appendQuoted(characters, isName: false)
        return
      }
      separate()
      bytes.append(UInt8(ascii: "\""))
      for character in characters { appendEscaped(character) }
      bytes.append(UInt8(ascii: "\""))
    }
    needsComma = true
  }

  public mutating func integer(_ number: some FixedWidthInteger) {
    separate()
    appendDigits(of: Int64(number))
    needsComma = true
  }

  public mutating func bool(_ bool: Bool) {
    separate()
    bytes.append(contentsOf: bool ? "true".utf8 : "false".utf8)
    needsComma = true
  }

  public mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
    needsComma = true
  }

  /// A value that is a string of plain ASCII; `write` appends its characters.
  mutating func plainString(_ write: (inout [UInt8]) -> Void) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    write(&bytes)
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  /// Any tree.
  public mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let flag): bool(flag)
    case .number(let text):
      separate()
      bytes.append(contentsOf: text.utf8)
      needsComma = true
    case .string(let text): string(text)
    case .array(let elements):
      beginArray()
      for element in elements { self.value(element) }
      endArray()
    case .object(let members):
      beginObject()
      for member in members {
        name(member.name)
        self.value(member.value)
      }
      endObject()
    }
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  @inline(__always) mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = false
  }

  private mutating func appendDigits(of number: Int64) {
    guard number < 0 || number > 9 else {
      bytes.append(UInt8(ascii: "0") + UInt8(number))
      return
    }
    bytes.append(contentsOf: String(number).utf8)
  }

  private mutating func appendEscaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(byte)
    case 0x0A: bytes.append(contentsOf: "\\n".utf8)
    case 0x0D: bytes.append(contentsOf: "\\r".utf8)
    case 0x09: bytes.append(contentsOf: "\\t".utf8)
    case 0..<0x20:
      bytes.append(contentsOf: "\\u00".utf8)
      if byte < 0x10 { bytes.append(UInt8(ascii: "0")) }
      bytes.append(contentsOf: String(byte, radix: 16).utf8)
    default: bytes.append(byte)
    }
  }
}
