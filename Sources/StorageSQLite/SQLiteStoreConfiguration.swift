/// Where the store is and how patient it is with its neighbours.
public struct SQLiteStoreConfiguration: Sendable, Equatable {
  /// The file; made if it is missing, its folder is not.
  public var path: String
  /// How long another process may hold the file before a call fails with `locked`.
  public var busyTimeoutMilliseconds: Int
  /// The size of the log from which on its pages are moved into the file, in bytes.
  ///
  /// The log grows beyond it only while somebody reads for long, and shrinks back to it after.
  public var logSizeBytes: Int

  public init(
    path: String, busyTimeoutMilliseconds: Int = 5_000, logSizeBytes: Int = 32 << 20
  ) {
    self.path = path
    self.busyTimeoutMilliseconds = busyTimeoutMilliseconds
    self.logSizeBytes = logSizeBytes
  }

  /// The pages of a new file, in bytes: rows of a batch come in runs of a few hundred KiB, and
  /// every page of them costs three system calls (log, log's header, file).
  static let pageSizeBytes = 16_384
}
