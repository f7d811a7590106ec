/// Why bytes are not a JSON document that we accept, and where.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable, CaseIterable {
    /// A string holds bytes that are not UTF-8, or an escape that is half a surrogate pair.
    case invalidUTF8
    /// The grammar of RFC 8259 is broken.
    case syntax
    /// Arrays and objects are nested deeper than `JSONParser.maximumDepth`.
    case tooDeep
    /// An object has two members of the same name.
    case duplicateName
  }

  public var code: Code
  /// Bytes before the place, 0 for the first.
  public var offset: Int
  /// Lines and columns (in bytes) count from 1.
  public var line: Int
  public var column: Int
  /// What is there, and what was expected.
  public var message: String

  init(_ code: Code, _ message: String, at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
    self.code = code
    self.message = message
    self.offset = offset
    let before = bytes.prefix(offset)
    line = 1 + before.count { $0 == UInt8(ascii: "\n") }
    column = 1 + before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count
  }

  public var description: String { "line \(line), column \(column): \(message)" }
}
