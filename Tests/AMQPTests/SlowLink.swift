import AMQP
import Foundation
import Testing

/// A link to a broker that carries one client's bytes slowly, and the answers at once.
///
/// It keeps little on its way, so that a client that sends more than its own socket holds has to wait.
final class SlowLink: Sendable {
  private static let chunk = 16 << 10
  private let listener: Int32
  let port: UInt16

  /// Listens on loopback; each connection goes on to `port`, some 1.6 MB a second at most.
  init(to port: UInt16) throws {
    let (listener, ownPort) = try Self.listening()
    self.listener = listener
    self.port = ownPort
    Thread.detachNewThread {
      while case let client = accept(listener, nil, nil), client >= 0 {
        let broker = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(port: port)
        guard Self.withSocketAddress(&address, { connect(broker, $0, $1) }) == 0 else {
          close(client)
          continue
        }
        Thread.detachNewThread {
          Self.carry(from: client, to: broker) { usleep(10_000) }
          shutdown(broker, Int32(SHUT_RDWR))
        }
        Thread.detachNewThread {
          Self.carry(from: broker, to: client) {}
          shutdown(client, Int32(SHUT_RDWR))
        }
      }
    }
  }

  private static func listening() throws -> (Int32, port: UInt16) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var size = Int32(chunk)
    setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    var address = loopback(port: 0)
    let isBound = withSocketAddress(&address) { bind(listener, $0, $1) } == 0
    try #require(isBound && listen(listener, 8) == 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isNamed = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(listener, $0, &length) == 0
      }
    }
    try #require(isNamed)
    return (listener, UInt16(bigEndian: address.sin_port))
  }

  /// No more connections; those there are live on.
  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  private static func carry(from source: Int32, to target: Int32, rest: () -> Void) {
    var buffer = [UInt8](repeating: 0, count: chunk)
    while case let count = read(source, &buffer, chunk), count > 0 {
      var sent = 0
      while sent < count {
        let more = send(target, Array(buffer[sent..<count]), count - sent, Int32(MSG_NOSIGNAL))
        guard more > 0 else { return }
        sent += more
      }
      rest()
    }
  }

  private static func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private static func withSocketAddress<R>(
    _ address: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
  ) -> R {
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
