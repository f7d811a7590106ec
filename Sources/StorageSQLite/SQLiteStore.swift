import CSQLiteSettings
import Dispatch
import Foundation
import GRDB
import Storage

/// The store of one machine: an SQLite file that any number of worker processes share.
///
/// Every commit is an immediate transaction with `synchronous = FULL`: when it returns, it is on
/// the disk. Loads read a snapshot and wait for no other process. Calls run to their end even if their task is
/// canceled, so that a commit never ends with an unknown outcome for that reason.
public final class SQLiteStore: Store {
  let path: String
  private let pool: DatabasePool
  private let checkpointer: Checkpointer

  /// Opens the file, and makes it and its tables if they are missing.
  /// - Throws: `unavailable` (its folder is missing), `readOnly`, `corrupt`, `schemaMismatch`, or
  ///   `locked` after the busy time-out.
  public init(_ configuration: SQLiteStoreConfiguration) throws(StoreError) {
    path = configuration.path
    _ = Self.isSettled
    try Self.requirePlace(path)
    do {
      pool = try Self.open(configuration)
      checkpointer = try Checkpointer(
        path: configuration.path, configuration: configuration.forGRDB,
        pagesPerCheckpoint: configuration.logSizePages / 8)
    } catch {
      throw StoreError(error, path: configuration.path)
    }
  }

  /// Whether SQLite could be told to count no memory, which takes a lock for every allocation, and to
  /// keep its pages in one piece: one by one they take a fifth more, since heaps have no room for just
  /// a page and a little. This has to be the first that the process asks of it, and it goes on as it
  /// would otherwise.
  private static let isSettled =
    csqlite_keep_no_memory_statistics() == SQLITE_OK
    && csqlite_keep_pages_in_one_piece(
      Int32(SQLiteStoreConfiguration.pageSizeBytes),
      Int32(SQLiteStoreConfiguration.writerCacheBytes / SQLiteStoreConfiguration.pageSizeBytes))
      == SQLITE_OK

  private static func open(_ configuration: SQLiteStoreConfiguration) throws -> DatabasePool {
    let path = configuration.path
    let deadline = DispatchTime.now() + .milliseconds(configuration.busyTimeoutMilliseconds)
    while true {
      do {
        let pool = try DatabasePool(path: path, configuration: configuration.forGRDB)
        try pool.writeWithoutTransaction { db in
          // GRDB sets NORMAL together with the write-ahead log.
          try db.execute(sql: "PRAGMA synchronous = FULL")
          try Schema.migrate(db, path: path)
        }
        return pool
      } catch let error as DatabaseError
        where error.resultCode == .SQLITE_BUSY && DispatchTime.now() < deadline
      {
        // SQLite does not wait when two processes turn a new file's log on at the same moment.
        usleep(10_000)
      }
    }
  }

  /// Names what SQLite would only call "unable to open database file".
  private static func requirePlace(_ path: String) throws(StoreError) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
      guard !isFolder.boolValue else {
        throw StoreError(.unavailable, "\(path) is a folder; name a file in it as the store.")
      }
      return
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
      isFolder.boolValue
    else {
      throw StoreError(
        .unavailable, "The folder \(folder) of the store is missing; make it, or name another.")
    }
  }

  /// Runs in a snapshot of the file, beside commits.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
      pool.asyncRead { [path] access in
        let result = access.flatMap { db in
          Result {
            defer { db.endStatements() }
            return try body(db)
          }
        }
        continuation.resume(returning: result.mapError { StoreError($0, path: path) })
      }
    }
    return try result.get()
  }

  /// Runs in a snapshot of the file, between commits, on the connection that makes them: it has what it
  /// wrote in its cache, and what is read here for the next commit is there for that. Any other
  /// connection's cache is void after each commit.
  func readForCommit<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    try await onWriter(path) { db in
      try Self.transact(db, .deferred) { db in .commit(try body(db)) }
    }
  }

  /// Runs in one immediate transaction, which is rolled back where the body throws.
  func transact<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Transaction<Value>
  ) async throws(StoreError) -> Value {
    try await onWriter(path) { [checkpointer] db in
      defer { checkpointer.count(pagesWrittenBy: db) }
      return try Self.transact(db, .immediate, body)
    }
  }

  /// Runs on the writing connection, which holds no lock for it.
  /// - Parameter file: The one to name where it fails.
  func withoutTransaction(
    on file: String, _ body: @escaping @Sendable (Database) throws -> Void
  ) async throws(StoreError) {
    try await onWriter(file, body)
  }

  private func onWriter<Value: Sendable>(
    _ file: String, _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
      pool.asyncWriteWithoutTransaction { db in
        let result = Result { try body(db) }
        continuation.resume(returning: result.mapError { StoreError($0, path: file) })
      }
    }
    return try result.get()
  }

  /// How a transaction ends, and what it answers.
  enum Transaction<Value> {
    case commit(Value)
    case rollBack(Value)
  }

  private static func transact<Value>(
    _ db: Database, _ kind: Database.TransactionKind,
    _ body: (Database) throws -> Transaction<Value>
  ) throws -> Value {
    var answer: Value?
    try db.inTransaction(kind) {
      defer { db.endStatements() }
      switch try body(db) {
      case .commit(let value):
        answer = value
        return .commit
      case .rollBack(let value):
        answer = value
        return .rollback
      }
    }
    guard let answer else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
    return answer
  }

  /// Closes the file; later calls fail with `unavailable`. The last process moves the log into it.
  public func close() async {
    // Both fail only where a statement is still being stepped, which the calls above never leave.
    // The pool closes its writer before its readers, and SQLite moves the log into the file only
    // where the last connection may write (GRDB issue 739): that is the checkpointer's.
    try? pool.close()
    try? checkpointer.close()
  }
}

extension Database {
  /// Ends what has not been stepped to its end because an error came between, such as a record that cannot be read.
  ///
  /// A statement that is left amidst its rows keeps the connection's snapshot beyond the transaction: a reader would go on to see that
  /// time, and the writer could commit nothing more as soon as another process has.
  fileprivate func endStatements() {
    var statement = sqlite3_next_stmt(sqliteConnection, nil)
    while let next = statement {
      if sqlite3_stmt_busy(next) != 0 { sqlite3_reset(next) }
      statement = sqlite3_next_stmt(sqliteConnection, next)
    }
  }
}

extension SQLiteStoreConfiguration {
  fileprivate var logSizePages: Int { max(logSizeBytes / Self.pageSizeBytes, 1) }

  fileprivate var forGRDB: Configuration {
    var configuration = Configuration()
    configuration.label = "resize-worker store"
    configuration.busyMode = .timeout(Double(busyTimeoutMilliseconds) / 1_000)
    configuration.foreignKeysEnabled = false
    // Above it, a thread asks for a priority that an ordinary account is denied, and the system log is told of each.
    configuration.qos = .default
    configuration.prepareDatabase { [path, logSizeBytes, logSizePages] db in
      try Schema.check(db, path: path)
      // KiB: a bigger cache of pages saves nothing that shows, the system has one, too.
      let cacheSize = db.configuration.readonly ? 2_048 : Self.writerCacheBytes / 1_024
      // Debian's SQLite overwrites what is deleted: it would read, and write again, every page that a
      // confirmed message leaves. What is deleted here is no secret that other tables would not tell.
      try db.execute(
        sql: """
          PRAGMA page_size = \(Self.pageSizeBytes);
          PRAGMA wal_autocheckpoint = \(logSizePages);
          PRAGMA journal_size_limit = \(logSizeBytes);
          PRAGMA cache_size = -\(cacheSize);
          PRAGMA secure_delete = OFF;
          """)
    }
    return configuration
  }
}
