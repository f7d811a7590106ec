import Glibc

/// Writes to a file descriptor at once: nothing is kept back, and whatever the system answers, nothing ends the process.
///
/// The process has to ignore SIGPIPE; else the signal ends it where the reader of a pipe has gone.
public struct DescriptorWriter: Sendable {
  public let descriptor: Int32

  public init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Writes all bytes, or as many as are taken.
  /// - Parameter patience: How many milliseconds a descriptor that does not block may take nothing; nil is as long as it likes.
  /// - Returns: Nil where all was written, else the system's reason (`errno`).
  public func write(_ bytes: UnsafeRawBufferPointer, patience: Int32? = nil) -> Int32? {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(
        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      switch count > 0 ? 0 : count == 0 ? EIO : errno {
      case 0: rest = rest.dropFirst(count)
      case EINTR: continue
      case EAGAIN:
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        if poll(&waiting, 1, patience ?? -1) == 0 { return EAGAIN }
      case let reason: return reason
      }
    }
    return nil
  }
}
