import GRDB
import GRDBSQLite

extension Database {
  /// As `inTransaction`, without compiling `BEGIN` and `COMMIT` anew each time.
  func inPreparedTransaction<Value>(
    _ kind: TransactionKind, _ body: () throws -> SQLiteStore.Transaction<Value>
  ) throws -> Value {
    try PreparedStatement(self, kind == .immediate ? "BEGIN IMMEDIATE" : "BEGIN").run()
    do {
      switch try body() {
      case .commit(let value):
        // SQLite itself has rolled back where it found no space or no memory.
        guard isInsideTransaction else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
        try PreparedStatement(self, "COMMIT").run()
        return value
      case .rollBack(let value):
        try PreparedStatement(self, "ROLLBACK").run()
        return value
      }
    } catch {
      if isInsideTransaction { _ = try? PreparedStatement(self, "ROLLBACK").run() }
      throw error
    }
  }
}
