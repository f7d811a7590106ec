/// A text that is put together piece by piece, and made a `String` once it is whole.
///
/// It is written as an interpolation, like any text. `String` looks for room, and at what it holds already, with each piece; a quote
/// with its lines has some fifty, which cost ten times what the quote does.
package struct Wording {
  /// What most lines fit in, in bytes. It is part of the value, so that nothing is allocated.
  private static let room = 128

  /// What no longer fit in; empty for most texts.
  private var beginning = ""
  private var bytes = InlineArray<128, UInt8>(repeating: 0)
  private var count = 0

  /// No text.
  package init() {}

  /// Adds a piece: valid UTF-8 of whole characters.
  @inline(__always)
  mutating func put(_ piece: UnsafeBufferPointer<UInt8>) {
    guard let first = piece.baseAddress else { return }
    guard piece.count <= Self.room - count else { return putFurther(piece) }
    let end = count
    // sound: the piece fits in behind the end, as was just looked at.
    withUnsafeMutableBytes(of: &bytes) { room in
      room.baseAddress?.advanced(by: end).copyMemory(from: first, byteCount: piece.count)
    }
    count = end + piece.count
  }

  @inline(never)
  private mutating func putFurther(_ piece: UnsafeBufferPointer<UInt8>) {
    beginning += latest + String(decoding: piece, as: UTF8.self)
    count = 0
  }

  /// What is in the room.
  private var latest: String {
    // sound: only whole pieces are put there, each of them valid.
    var text = UTF8Span(unchecked: bytes.span.extracting(first: count))
    // Texts known to be ASCII are compared and hashed faster.
    _ = text.checkForASCII()
    return String(copying: text)
  }

  /// In bytes of UTF-8.
  var utf8Count: Int { beginning.utf8.count + count }

  /// Adds it to bytes of UTF-8.
  func append(to bytes: inout [UInt8]) {
    if !beginning.isEmpty { bytes.append(contentsOf: beginning.utf8) }
    self.bytes.span.extracting(first: count).withUnsafeBufferPointer {
      bytes.append(contentsOf: $0)
    }
  }

  fileprivate var text: String { beginning.isEmpty ? latest : beginning + latest }

  /// Two texts, one behind the other.
  package static func + (left: consuming Wording, right: borrowing Wording) -> Wording {
    left.put(right)
    return left
  }

  /// Adds a text at the end.
  package static func += (left: inout Wording, right: borrowing Wording) { left.put(right) }

  fileprivate mutating func put(_ other: borrowing Wording) {
    if !other.beginning.isEmpty { put(other.beginning) }
    other.bytes.span.extracting(first: other.count).withUnsafeBufferPointer { put($0) }
  }

  fileprivate mutating func put(_ text: String) {
    // Lent without a reference counted for it; a text that is not in one piece is copied.
    if text.utf8.withContiguousStorageIfAvailable({ put($0) }) == nil {
      var text = text
      text.withUTF8 { put($0) }
    }
  }
}

extension String {
  /// The text that was put together.
  package init(wording: borrowing Wording) { self = wording.text }
}

extension Wording: ExpressibleByStringInterpolation, StringInterpolationProtocol {
  package init(stringLiteral literal: StaticString) { appendLiteral(literal) }

  package init(stringInterpolation wording: Wording) { self = wording }

  package init(literalCapacity: Int, interpolationCount: Int) {}

  @inline(__always)
  package mutating func appendLiteral(_ literal: StaticString) {
    put(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
  }

  package mutating func appendInterpolation(_ text: String) { put(text) }

  package mutating func appendInterpolation(_ wording: Wording) { put(wording) }

  package mutating func appendInterpolation(_ word: StaticString) { appendLiteral(word) }

  package mutating func appendInterpolation(_ number: Int) { put(Int128(number), scale: 0) }

  package mutating func appendInterpolation(_ number: Int64) { put(Int128(number), scale: 0) }

  package mutating func appendInterpolation(_ number: Int128) { put(number, scale: 0) }

  package mutating func appendInterpolation(_ decimal: ExactDecimal) {
    put(decimal.significand, scale: Int(decimal.scale))
  }

  /// An amount of money with its currency, such as `197.66 USD`.
  package mutating func appendInterpolation(_ money: Money) {
    appendInterpolation(amount: money)
    appendLiteral(" ")
    put(money.currency.code)
  }

  /// An amount of money with exactly the currency's digits, such as `197.66`, or `501` for yen.
  package mutating func appendInterpolation(amount money: Money) {
    put(Int128(money.minorUnits), scale: money.currency.minorDigits)
  }

  /// Whatever else can be described.
  package mutating func appendInterpolation(_ value: some CustomStringConvertible) {
    put(value.description)
  }

  /// `significand` ÷ 10^`scale` with exactly `scale` digits after the point; `scale` is 0 to 18.
  private mutating func put(_ significand: Int128, scale: Int) {
    put(digits: significand.magnitude, isNegative: significand < 0, scale: scale)
  }

  /// The same of a number whose sign is told apart.
  mutating func put(digits magnitude: UInt128, isNegative: Bool, scale: Int) {
    withDigits(of: magnitude, isNegative: isNegative, scale: scale) { put($0) }
  }
}
