import Foundation
import Glibc
import Testing

@testable import Telemetry

@Suite("Writing to a descriptor")
struct DescriptorWriterTests {
  /// The two ends of a pipe of which the writing one does not block.
  private func pipe() throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    try #require(Glibc.pipe(&ends) == 0)
    try #require(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0)
    return (ends[0], ends[1])
  }

  private func write(_ count: Int, to descriptor: Int32, patience: Int32?) -> Int32? {
    [UInt8](repeating: 1, count: count).withUnsafeBytes {
      DescriptorWriter(descriptor).write($0, patience: patience)
    }
  }

  @Test("who takes nothing is waited for as long as was said, and no longer")
  func patience() throws {
    let pipe = try pipe()
    let start = ContinuousClock.now
    #expect(write(1 << 20, to: pipe.writing, patience: 50) == EAGAIN)
    #expect(ContinuousClock.now - start >= .milliseconds(50))
    close(pipe.reading)
    close(pipe.writing)
  }

  @Test("all is written to who takes it bit by bit")
  func slowReader() throws {
    let pipe = try pipe()
    Thread.detachNewThread {
      _ = write(1 << 20, to: pipe.writing, patience: nil)
      close(pipe.writing)
    }
    var bytes = [UInt8](repeating: 0, count: 10_000)
    var sum = 0
    while case let count = read(pipe.reading, &bytes, bytes.count), count > 0 { sum += count }
    close(pipe.reading)
    #expect(sum == 1 << 20)
  }

  @Test("a reader that has gone, and a descriptor that is none, are reasons and no crash")
  func nobody() throws {
    signal(SIGPIPE, SIG_IGN)
    let pipe = try pipe()
    close(pipe.reading)
    #expect(write(1, to: pipe.writing, patience: nil) == EPIPE)
    close(pipe.writing)
    #expect(write(1, to: -1, patience: nil) == EBADF)
  }
}
