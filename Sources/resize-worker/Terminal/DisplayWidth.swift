extension String {
  /// How many columns of a terminal the text takes: two for wide East Asian characters and emoji,
  /// none for combining marks.
  var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }

  /// The text with spaces after it, up to a width.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - displayWidth))
  }

  /// Text from outside without anything that could steer a terminal: control characters become `·`.
  var printable: String {
    guard unicodeScalars.contains(where: \.isControl) else { return self }
    var text = UnicodeScalarView()
    for scalar in unicodeScalars { text.append(scalar.isControl ? "·" : scalar) }
    return String(text)
  }
}

extension Character {
  fileprivate var displayWidth: Int {
    guard let first = unicodeScalars.first else { return 0 }
    if first.isControl || first.properties.generalCategory == .nonspacingMark { return 0 }
    if first.properties.isEmojiPresentation { return 2 }
    return Self.wideRanges.contains { $0.contains(first.value) } ? 2 : 1
  }

  /// The blocks of Unicode's East Asian Width (UAX #11) that are wide or full-width.
  private static let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
    0xA000...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
    0xFFE0...0xFFE6, 0x20000...0x3FFFD,
  ]
}

extension Unicode.Scalar {
  fileprivate var isControl: Bool {
    properties.generalCategory == .control || properties.generalCategory == .format
  }
}
