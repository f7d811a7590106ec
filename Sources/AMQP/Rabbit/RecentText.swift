import CRabbitMQ
import Glibc

/// A text that is mostly the same as the last time: then it is not made anew.
struct RecentText {
  private(set) var text = ""
  /// Whether the text is what the bytes say; else they were not UTF-8, and it is what could be made of them.
  private(set) var isExact = true

  /// - Returns: Whether it was another before.
  @discardableResult
  mutating func becomes(_ bytes: amqp_bytes_t) -> Bool {
    let isSame = text.withUTF8 { text in
      guard text.count == bytes.len, let known = text.baseAddress, let new = bytes.bytes else {
        return text.isEmpty && bytes.len == 0
      }
      return memcmp(known, new, bytes.len) == 0
    }
    guard !isSame else {
      isExact = true
      return false
    }
    let exact = String(validating: bytes)
    isExact = exact != nil
    text = exact ?? String(bytes)
    return true
  }
}
