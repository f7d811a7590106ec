import GRDB

/// Another process's hold on a database file: an open transaction.
struct FileLock {
  private let queue: DatabaseQueue

  /// - Parameter statements: What takes the lock, such as `BEGIN IMMEDIATE`.
  init(_ file: String, _ statements: String) async throws {
    var configuration = GRDB.Configuration()
    configuration.allowsUnsafeTransactions = true
    configuration.busyMode = .timeout(10)
    queue = try DatabaseQueue(path: file, configuration: configuration)
    try await queue.writeWithoutTransaction { try $0.execute(sql: statements) }
  }

  func release() async throws {
    try await queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    try queue.close()
  }
}
