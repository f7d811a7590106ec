/// Lends the ASCII of `magnitude` ÷ 10^`scale` with exactly `scale` digits after the point; `scale`
/// is 0 to 18.
///
/// Writes the digits from the last to the first, eighteen with one division of 128 bits: the standard
/// library divides so once a digit, and a number cost a microsecond.
func withDigits<Result>(
  of magnitude: UInt128, isNegative: Bool, scale: Int,
  _ take: (UnsafeBufferPointer<UInt8>) -> Result
) -> Result {
  // 39 digits, a point and a sign at most.
  withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 48) { buffer in
    var start = buffer.count
    func write(_ byte: UInt8) {
      start -= 1
      buffer[start] = byte
    }
    var (rest, low) = magnitude.splitOffDigits
    var written = 0
    repeat {
      let least = rest > 0 ? written + 18 : scale + 1
      while low > 0 || written < least {
        if written == scale && scale > 0 { write(UInt8(ascii: ".")) }
        write(UInt8(ascii: "0") + UInt8(low % 10))
        low /= 10
        written += 1
      }
      (rest, low) = rest.splitOffDigits
    } while rest > 0 || low > 0
    if isNegative { write(UInt8(ascii: "-")) }
    return take(UnsafeBufferPointer(rebasing: buffer[start...]))
  }
}

extension UInt128 {
  /// All but the last 18 digits, and those.
  fileprivate var splitOffDigits: (rest: UInt128, low: UInt64) {
    let limit: UInt64 = 1_000_000_000_000_000_000
    if let word = UInt64(exactly: self), word < limit { return (0, word) }
    let (rest, low) = quotientAndRemainder(dividingBy: UInt128(limit))
    return (rest, UInt64(low))
  }
}
