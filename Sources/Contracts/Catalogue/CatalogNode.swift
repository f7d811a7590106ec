/// A piece of a catalogue as it was written, YAML or JSON, with its place.
struct CatalogNode {
  enum Content {
    case null
    /// Its text as it stands there: `16.8` is never a floating-point number.
    case scalar(String, isQuoted: Bool)
    case sequence([CatalogNode])
    case mapping([Entry])
  }

  struct Entry {
    var key: String
    var position: TextPosition?
    var value: CatalogNode
  }

  var content: Content
  /// Where a value begins; of a group or a list that has a name, where the name stands.
  var position: TextPosition?

  var isScalar: Bool {
    if case .scalar = content { true } else { false }
  }

  var kindInWords: String {
    switch content {
    case .null: "empty"
    case .scalar(let text, _): "\"\(text.shortened)\""
    case .sequence: "a list"
    case .mapping: "a group of fields"
    }
  }
}

extension CatalogNode {
  /// Reads a file in JSON or YAML.
  ///
  /// - Throws: The one problem for which it is neither.
  static func read(_ bytes: [UInt8]) throws(CatalogSyntaxProblem) -> CatalogNode {
    guard bytes.count <= largestFile else {
      throw CatalogSyntaxProblem(
        nil, "the file has \(bytes.count) bytes; at most \(largestFile) are read")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CatalogSyntaxProblem(nil, "the file is not UTF-8; save it as UTF-8")
    }
    guard beginsAsJSON(bytes) else { return try CatalogNode(yaml: text) }
    do throws(JSONError) {
      return try CatalogNode(json: bytes)
    } catch {
      // YAML may begin so, too: with commas at the end, comments, and names without quotes.
      if error.code == .syntax, let node = try? CatalogNode(yaml: text) { return node }
      throw CatalogSyntaxProblem(error, in: bytes)
    }
  }

  private static let largestFile = 16 << 20
}

/// Why a file is no catalogue at all.
struct CatalogSyntaxProblem: Error {
  var position: TextPosition?
  var message: String

  init(_ position: TextPosition?, _ message: String) {
    self.position = position
    self.message = message
  }
}
