import CLibCrypto

/// A SHA-256 hash as it is stored, 32 bytes unless somebody has tampered with it.
public struct LedgerHash: Sendable, Hashable, CustomStringConvertible {
  public var bytes: [UInt8]

  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// What the first entry of an account follows on: 32 zero bytes.
  public static let beforeFirst = LedgerHash(bytes: [UInt8](repeating: 0, count: 32))

  /// - Throws: `unavailable` where libcrypto has no SHA-256 to offer, as some policies forbid it.
  init(sha256 message: [UInt8]) throws(StoreError) {
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    guard let sha256 = Self.sha256,
      EVP_Digest(message, message.count, &digest, nil, sha256, nil) == 1
    else {
      throw StoreError(
        .unavailable, "libcrypto refuses to compute SHA-256; check its configuration.")
    }
    bytes = digest
  }

  /// Asked for once: `SHA256` looks for it with every message, which takes a fifth of its time.
  ///
  /// sound: libcrypto lets all threads use an algorithm that it has handed out, and changes nothing of it.
  nonisolated(unsafe) private static let sha256 = EVP_MD_fetch(nil, "SHA256", nil)

  /// Reads what `description` writes.
  public init?(hex: some StringProtocol) {
    let digits = hex.compactMap(\.hexDigitValue)
    guard digits.count == 2 * 32, digits.count == hex.count else { return nil }
    bytes = stride(from: 0, to: digits.count, by: 2).map {
      UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
  }

  /// 64 hexadecimal digits.
  public var description: String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
