/// The checksum of RFC 1950, 8.2: finds every single byte that has changed.
enum Adler32 {
  private static let modulus: UInt32 = 65_521
  /// So many bytes fit into sums of 32 bits before they have to be reduced.
  private static let chunk = 5_552

  /// The checksum as four bytes, the low one first.
  static func bytes(of bytes: ArraySlice<UInt8>) -> [UInt8] {
    let sum = sum(of: bytes)
    return (0..<4).map { UInt8(truncatingIfNeeded: sum >> (8 * UInt32($0))) }
  }

  static func sum(of bytes: ArraySlice<UInt8>) -> UInt32 {
    var (low, high): (UInt32, UInt32) = (1, 0)
    bytes.withUnsafeBufferPointer { bytes in
      var start = 0
      while start < bytes.count {
        let end = min(start + chunk, bytes.count)
        for index in start..<end {
          low &+= UInt32(bytes[index])
          high &+= low
        }
        low %= modulus
        high %= modulus
        start = end
      }
    }
    return high << 16 | low
  }
}
