import AMQP

extension FuzzSubject {
  /// The input is a field table without its length.
  func checkHeaders(_ bytes: [UInt8]) throws(Finding) {
    guard let table = HeaderTable(encoded: Self.measured(bytes)) else { return }
    try require(Self.fieldCount(.table(table)) <= 257, "more fields are kept than the bound")
    try require(Self.depth(.table(table)) <= 8, "deeper tables are kept than the bound")
    guard let written = table.encoded else {
      // Bytes that are not UTF-8 grow by their replacements; a name may then be too long.
      return try require(
        Self.hasLongName(.table(table)), "what was read cannot be written: \(table)")
    }
    // Replacements may also push a table past the bound on bytes.
    guard written.count < 60_000 else { return }
    guard let again = HeaderTable(encoded: written) else {
      throw Finding(subject: self, rule: "written again it is refused: \(table)")
    }
    // Bytes are compared, because a NaN is not equal to itself.
    try require(again.encoded == written, "written again it reads \(again), not \(table)")
  }

  static func measured(_ bytes: [UInt8]) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> (24 - 8 * $0)) } + bytes
  }

  private static func values(in value: HeaderValue) -> [HeaderValue] {
    switch value {
    case .table(let table): table.fields.map(\.value)
    case .array(let values): values
    default: []
    }
  }

  private static func fieldCount(_ value: HeaderValue) -> Int {
    values(in: value).reduce(1) { $0 + fieldCount($1) }
  }

  private static func depth(_ value: HeaderValue) -> Int {
    switch value {
    case .table, .array: 1 + (values(in: value).map(depth).max() ?? 0)
    default: 0
    }
  }

  private static func hasLongName(_ value: HeaderValue) -> Bool {
    if case .table(let table) = value, table.fields.contains(where: { $0.name.utf8.count > 255 }) {
      return true
    }
    return values(in: value).contains(where: hasLongName)
  }
}
