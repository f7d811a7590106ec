import Glibc
import Synchronization

/// Ports of 127.0.0.1 for servers of tests.
public enum LocalPort {
  /// That no port was found.
  public struct NoneIsFree: Error {}

  /// Below those that the system gives to outgoing connections: one of these could take it before the test listens.
  private static let choice: ClosedRange<UInt16> = 10_000...19_999
  private static let given = Mutex<Set<UInt16>>([])

  /// A port that nobody listens on, and that no other test of this process was given.
  public static func free() throws -> UInt16 {
    for _ in 1...1_000 {
      let port = UInt16.random(in: choice)
      if canListen(on: port), given.withLock({ $0.insert(port).inserted }) { return port }
    }
    throw NoneIsFree()
  }

  private static func canListen(on port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    address.sin_port = port.bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
