import Glibc

/// What is free where a file lies.
struct DiskSpace: CustomStringConvertible {
  /// The log of an SQLite file alone may grow to half of this.
  private static let scarce: UInt64 = 64 << 20
  /// Less than a batch may need.
  private static let tooLittle: UInt64 = 4 << 20

  let free: UInt64
  let total: UInt64

  /// - Returns: Nil where the system does not say.
  init?(of file: String) {
    var status = statvfs()
    guard statvfs(file, &status) == 0 else { return nil }
    self.init(
      free: UInt64(status.f_bavail) * UInt64(status.f_frsize),
      total: UInt64(status.f_blocks) * UInt64(status.f_frsize))
  }

  init(free: UInt64, total: UInt64) {
    self.free = free
    self.total = total
  }

  var description: String {
    "\((free >> 20).text) of \((total >> 20).text) MiB of its disk are free."
  }

  /// Where a commit was taken all the same.
  var finding: Finding {
    if free < Self.tooLittle {
      var finding = Finding(
        "writing", .bad, "a small commit is taken, a batch would not be. \(self) Free some")
      finding.status = .didNotWorkOut
      return finding
    }
    return free < Self.scarce
      ? Finding("writing", .notable, "a commit is taken. \(self) Free some before it is full")
      : Finding("writing", .good, "a commit is taken. \(self)")
  }
}

extension UInt64 {
  fileprivate var text: String { Int(clamping: self).grouped }
}
