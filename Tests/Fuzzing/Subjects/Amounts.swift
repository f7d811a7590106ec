import Billing

extension FuzzSubject {
  func checkAmount(_ bytes: [UInt8]) throws(Finding) {
    let text = String(decoding: bytes, as: UTF8.self)
    let decimal = ExactDecimal(text)
    let isPlain = Self.isPlainDecimal(Array(text.utf8))
    try require(
      (decimal != nil) == isPlain,
      "\"\(text)\" is \(isPlain ? "" : "no ")plain decimal and \(decimal == nil ? "refused" : "read")"
    )
    guard let decimal else { return }
    try require(decimal.description == text, "\"\(text)\" prints as \(decimal)")
    let digits = text.filter { $0 != "." }
    try require(Int128(digits) == decimal.significand, "\"\(text)\" is \(decimal.significand)")
    for code in ["USD", "JPY", "KWD"] {
      guard let currency = Currency(code: code),
        let money = Money(value: text, currency: currency)
      else { continue }
      let again = Money(value: money.value, currency: currency)
      try require(again == money, "\(money) reads again as \(again.map(String.init) ?? "nothing")")
      try require(ExactDecimal(money.value) == decimal, "\"\(text)\" becomes \(money)")
    }
  }

  /// The grammar, split at its marks instead of read byte by byte.
  private static func isPlainDecimal(_ text: [UInt8]) -> Bool {
    let magnitude = text.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
    let parts = magnitude.split(
      separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    let zero = UInt8(ascii: "0")
    let areDigits = zip(parts, [19, 18]).allSatisfy { part, most in
      (1...most).contains(part.count) && part.allSatisfy { (zero...zero + 9).contains($0) }
    }
    guard areDigits, let whole = parts.first else { return false }
    let isNegativeZero =
      magnitude.count < text.count
      && parts.allSatisfy { part in part.allSatisfy { $0 == zero } }
    return (whole.count == 1 || whole.first != zero) && !isNegativeZero
  }
}
