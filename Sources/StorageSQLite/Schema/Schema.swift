import GRDB
import Storage

/// The tables of the file and how they came to be: migrations only ever get longer.
///
/// `PRAGMA user_version` counts the migrations done, in its lowest byte, and holds a fingerprint of
/// them above it: until the first release they are changed in place, and a file made by the ones
/// before must not be taken for one of today's. `PRAGMA application_id` says that the file is ours.
/// Both are written in the transaction of the migration, so several processes may open a new
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
    let stamp = try stamp(db)
    guard stamp.version <= migrations.count else {
      throw StoreError(
        .schemaMismatch,
        "\(path) has schema \(stamp.version), this program knows \(migrations.count); "
          + "it was opened by a newer resize-worker: use that one or another file.")
    }
    guard stamp == Stamp(of: migrations.prefix(stamp.version)) else {
      throw StoreError(
        .schemaMismatch,
        "\(path) was made by a resize-worker in development, whose tables were others; "
          + "finish its resizes with that one, then delete the file or name another as the store.")
    }
  }

  /// Does what migrations are missing, in one immediate transaction.
  static func migrate(_ db: Database, path: String) throws {
    guard try stamp(db).version < migrations.count else { return }
    try db.inTransaction(.immediate) {
      try check(db, path: path)
      for migration in migrations.dropFirst(try stamp(db).version) {
        try db.execute(sql: migration)
      }
      try db.execute(sql: "PRAGMA application_id = \(applicationId)")
      try db.execute(sql: "PRAGMA user_version = \(Stamp(of: migrations[...]).number)")
      return .commit
    }
  }

  private static func stamp(_ db: Database) throws -> Stamp {
    Stamp(number: try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0)
  }

  /// What `user_version` tells of a file.
  private struct Stamp: Equatable {
    var number: Int32

    var version: Int { Int(number & 0xff) }

    init(number: Int32) { self.number = number }

    /// The hash is FNV-1a of the migrations' text.
    init(of migrations: ArraySlice<String>) {
      var hash: UInt32 = 2_166_136_261
      for byte in migrations.joined().utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
      number = migrations.isEmpty ? 0 : Int32(hash & 0x7fff_ff00) | Int32(migrations.count)
    }
  }
}
