extension JSONParser {
  /// A string, its opening quote being next.
  mutating func string() throws(JSONError) -> String {
    let start = position + 1
    var end = start
    var allBits: UInt8 = 0
    while end < bytes.count {
      let byte = bytes[end]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
      allBits |= byte
      end += 1
    }
    position = end
    guard take("\"") else { return try escapedString(from: start) }
    if allBits < 0x80 { return text(from: start, to: end) }
    return try validated(bytes[start..<end])
  }

  /// The same where an escape, a control character or the end of the document came first.
  private mutating func escapedString(from start: Int) throws(JSONError) -> String {
    var text = Array(bytes[start..<position])
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          return try validated(bytes[start..<(position - 1)])
        }
        return string
      case UInt8(ascii: "\\"):
        try escape(into: &text)
      case 0..<0x20:
        throw unexpected("an escape (a control character may not stand in a string as it is)")
      default:
        text.append(byte)
        position += 1
      }
    }
    throw unexpected("a closing quote")
  }

  private func validated(_ slice: Slice<UnsafeBufferPointer<UInt8>>) throws(JSONError) -> String {
    if let string = String(validating: slice, as: UTF8.self) { return string }
    throw JSONError(
      .invalidUTF8, "a string holds bytes that are not UTF-8", at: firstInvalidByte(of: slice),
      in: bytes)
  }

  /// Where the longest valid beginning of a slice ends.
  private func firstInvalidByte(of slice: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
    var decoder = UTF8()
    var rest = slice.makeIterator()
    var offset = slice.startIndex
    while case .scalarValue(let scalar) = decoder.decode(&rest) {
      offset += UTF8.width(scalar)
    }
    return offset
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
    let start = position
    position += 1
    guard let letter = next else { throw unexpected("an escape") }
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      position += 1
      let scalar = try unicodeScalar(escapedAt: start)
      text.append(contentsOf: Array(Character(scalar).utf8))
      return
    default: throw unexpected("one of \" \\ / b f n r t u after a backslash")
    }
    position += 1
  }

  /// The scalar of one `\uXXXX`, or of the two that a surrogate pair is written with.
  private mutating func unicodeScalar(escapedAt start: Int) throws(JSONError) -> Unicode.Scalar {
    let first = try hexadecimalDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    if first < 0xDC00, take("\\"), take("u") {
      let second = try hexadecimalDigits()
      if (0xDC00..<0xE000).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      {
        return scalar
      }
    }
    throw JSONError(
      .invalidUTF8, "an escape is half of a surrogate pair, which is no character", at: start,
      in: bytes)
  }

  private mutating func hexadecimalDigits() throws(JSONError) -> UInt32 {
    var number: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw unexpected("a hexadecimal digit")
      }
      number = number << 4 | UInt32(digit)
      position += 1
    }
    return number
  }
}
