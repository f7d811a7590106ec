/// The lines that explain a quote, in order; see ``QuoteLine``.
///
/// Their texts lie one behind the other in one piece of memory: a quote has a dozen, which as strings
/// would each be made, counted and freed, and are hardly ever anything but written out.
public struct QuoteLines: Hashable, Sendable {
  /// Each text as its count of bytes and its UTF-8. A count is one byte; from 255 on it is 255 and
  /// eight bytes, the low one first.
  private var bytes: [UInt8] = []

  /// No lines.
  public init() {}

  /// Some lines.
  public init(_ lines: some Sequence<QuoteLine>) {
    for line in lines { append(line) }
  }

  /// Adds a line at the end.
  public mutating func append(_ line: QuoteLine) {
    append(count: line.text.utf8.count) { $0.append(contentsOf: line.text.utf8) }
    append(count: line.value.utf8.count) { $0.append(contentsOf: line.value.utf8) }
  }

  /// Adds a line whose texts were put together piece by piece.
  mutating func append(_ text: borrowing Wording, _ value: borrowing Wording) {
    // What most quotes need, so that nothing is moved while they grow.
    if bytes.isEmpty { bytes.reserveCapacity(640) }
    append(count: text.utf8Count) { text.append(to: &$0) }
    append(count: value.utf8Count) { value.append(to: &$0) }
  }

  @inline(__always)
  private mutating func append(count: Int, _ text: (inout [UInt8]) -> Void) {
    if count < 255 {
      bytes.append(UInt8(count))
    } else {
      bytes.append(255)
      for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: count >> (8 * shift))) }
    }
    text(&bytes)
  }

  /// Lends the bytes of each line's text and value, which are UTF-8, to `body`.
  package func forEachUTF8(
    _ body: (_ text: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) -> Void
  ) {
    bytes.withUnsafeBufferPointer { bytes in
      var position = 0
      while position < bytes.count {
        let text = Self.text(of: bytes, at: &position)
        body(text, Self.text(of: bytes, at: &position))
      }
    }
  }

  private static func text(
    of bytes: UnsafeBufferPointer<UInt8>, at position: inout Int
  ) -> UnsafeBufferPointer<UInt8> {
    var count = Int(bytes[position])
    position += 1
    if count == 255 {
      count = bytes[position..<(position + 8)].reversed().reduce(0) { $0 << 8 | Int($1) }
      position += 8
    }
    defer { position += count }
    return UnsafeBufferPointer(rebasing: bytes[position..<(position + count)])
  }
}

extension QuoteLines: Sequence, ExpressibleByArrayLiteral {
  public init(arrayLiteral lines: QuoteLine...) { self.init(lines) }

  public var isEmpty: Bool { bytes.isEmpty }

  public func makeIterator() -> IndexingIterator<[QuoteLine]> {
    var lines: [QuoteLine] = []
    forEachUTF8 { text, value in
      lines.append(
        QuoteLine(
          text: String(decoding: text, as: UTF8.self),
          value: String(decoding: value, as: UTF8.self)))
    }
    return lines.makeIterator()
  }
}
