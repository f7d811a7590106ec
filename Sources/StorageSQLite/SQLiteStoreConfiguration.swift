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

  /// The pages of a new file, in bytes.
  ///
  /// A page costs three system calls on its way through the log into the file. Half of it, SQLite's
  /// usual size, takes as much CPU in batches of twenty requests, and makes the file a tenth longer.
  static let pageSizeBytes = 8_192
  /// What the writing connection keeps of the file in memory.
  static let writerCacheBytes = 8 << 20
}
