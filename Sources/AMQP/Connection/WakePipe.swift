import Glibc

/// Ends the `poll` of a connection's thread from any other thread.
final class WakePipe: Sendable {
  let readEnd: Int32
  private let writeEnd: Int32

  init() throws(AMQPError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw AMQPError(
        .outOfResources,
        "No pipe could be opened for a broker connection: raise the limit of open files.")
    }
    (readEnd, writeEnd) = (ends[0], ends[1])
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
  }

  deinit {
    close(readEnd)
    close(writeEnd)
  }

  /// Never blocks: a full pipe wakes as well as one byte more would.
  func wake() {
    var byte: UInt8 = 1
    _ = write(writeEnd, &byte, 1)
  }

  /// Takes out what ``wake()`` put in.
  func clear() {
    withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
      while read(readEnd, buffer.baseAddress, buffer.count) > 0 {}
    }
  }
}
