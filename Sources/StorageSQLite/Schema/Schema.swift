import GRDB
import Storage

/// The tables of the file and how they came to be: migrations only ever get longer.
///
/// `PRAGMA user_version` counts the migrations done, `PRAGMA application_id` says that the file is
/// ours. Both are written in the transaction of the migration, so several processes may open a new
/// file at once.
enum Schema {
  static let migrations = [migration0001]

  /// "rswk", big-endian.
  static let applicationId: Int32 = 0x7273_776b

  /// Refuses a file of something else, or of a later program, before anything is written to it.
  static func check(_ db: Database, path: String) throws {
    let holdsTables = try Bool.fetchOne(
      db, sql: "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name NOT LIKE 'grdb_issue_%')")
    guard holdsTables == true else { return }
    let owner = try Int32.fetchOne(db, sql: "PRAGMA application_id")
    guard owner == applicationId else {
      throw StoreError(
        .schemaMismatch,
        "\(path) is an SQLite database of another program; name another file as the store.")
    }
    let version = try version(db)
    guard version <= migrations.count else {
      throw StoreError(
        .schemaMismatch,
        "\(path) has schema \(version), this program knows \(migrations.count); "
          + "it was opened by a newer resize-worker: use that one or another file.")
    }
  }

  /// Does what migrations are missing, in one immediate transaction.
  static func migrate(_ db: Database, path: String) throws {
    guard try version(db) < migrations.count else { return }
    try db.inTransaction(.immediate) {
      try check(db, path: path)
      for migration in migrations.dropFirst(try version(db)) { try db.execute(sql: migration) }
      try db.execute(sql: "PRAGMA application_id = \(applicationId)")
      try db.execute(sql: "PRAGMA user_version = \(migrations.count)")
      return .commit
    }
  }

  private static func version(_ db: Database) throws -> Int {
    try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
  }
}
