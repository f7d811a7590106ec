import Foundation
import GRDB
import Resizing
import Storage
import StorageConformance
import Testing

@testable import StorageSQLite

@Suite("A file that cannot be the store is refused in words")
struct SQLiteFailureTests {
  private func expectRefusal(
    of path: String, _ code: StoreError.Code, saying words: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: StoreError.self, sourceLocation: sourceLocation) {
      try SQLiteStore(SQLiteStoreConfiguration(path: path, busyTimeoutMilliseconds: 20))
    }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    #expect(error?.message.contains(words) == true, sourceLocation: sourceLocation)
    #expect(error?.message.contains(path) == true, sourceLocation: sourceLocation)
  }

  @Test("A missing file is made, a missing folder is not")
  func missing() async throws {
    try await TemporaryFolder.with { folder in
      let path = folder.path("nowhere/store.db")
      let error = #expect(throws: StoreError.self) {
        try SQLiteStore(SQLiteStoreConfiguration(path: path))
      }
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains(folder.path("nowhere")) == true)
      #expect(!FileManager.default.fileExists(atPath: folder.path("nowhere")))
      expectRefusal(of: folder.path(""), .unavailable, saying: "is a folder")
    }
  }

  @Test("A file of something else is left as it is")
  func foreign() async throws {
    try await TemporaryFolder.with { folder in
      let text = folder.path("notes.txt")
      let bytes = Data(repeating: 65, count: 9_000)
      try bytes.write(to: URL(fileURLWithPath: text))
      expectRefusal(of: text, .corrupt, saying: "no SQLite database")
      #expect(try Data(contentsOf: URL(fileURLWithPath: text)) == bytes)

      let other = folder.path("other.db")
      let queue = try DatabaseQueue(path: other)
      try await queue.write { db in try db.execute(sql: "CREATE TABLE players (name TEXT)") }
      try queue.close()
      let before = try Data(contentsOf: URL(fileURLWithPath: other))
      expectRefusal(of: other, .schemaMismatch, saying: "another program")
      #expect(try Data(contentsOf: URL(fileURLWithPath: other)) == before)
    }
  }

  @Test("A file of a newer program is left to it")
  func newerSchema() async throws {
    try await TemporaryFolder.with { folder in
      let path = folder.path("store.db")
      try await SQLiteStore(SQLiteStoreConfiguration(path: path)).close()
      let queue = try DatabaseQueue(path: path)
      try await queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA user_version = 99")
      }
      try queue.close()
      expectRefusal(of: path, .schemaMismatch, saying: "newer")
    }
  }

  @Test("A file that was made before the tables were changed is refused, not misread")
  func olderSchema() async throws {
    try await TemporaryFolder.with { folder in
      let path = folder.path("store.db")
      for stamp in [1, 0x1234_5601] {
        try? FileManager.default.removeItem(atPath: path)
        try await SQLiteStore(SQLiteStoreConfiguration(path: path)).close()
        let queue = try DatabaseQueue(path: path)
        try await queue.writeWithoutTransaction { db in
          try db.execute(sql: "PRAGMA user_version = \(stamp)")
        }
        try queue.close()
        expectRefusal(of: path, .schemaMismatch, saying: "delete the file or name another")
      }
    }
  }

  @Test("A damaged file is told from a busy one")
  func damaged() async throws {
    try await TemporaryFolder.with { folder in
      let path = folder.path("store.db")
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: path))
      let changes = ChangeSet(
        worker: "w", resizes: (0..<50).map { Sample.resize("req-\($0)") })
      #expect(try await store.commit(changes) == .committed)
      await store.close()
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      for page in stride(from: 8_192, to: bytes.count, by: 8_192) {
        bytes.replaceSubrange(page..<(page + 64), with: Data(repeating: 0xa5, count: 64))
      }
      try bytes.write(to: URL(fileURLWithPath: path))
      let error = await #expect(throws: StoreError.self) {
        let store = try SQLiteStore(SQLiteStoreConfiguration(path: path))
        _ = try await store.resizes(matching: ResizeFilter())
      }
      #expect(error?.code == .corrupt)
      #expect(error?.isRetriable == false)
    }
  }

  @Test("A record that cannot be read is refused by its name; its neighbours are not")
  func unreadableRecord() async throws {
    try await TemporaryFolder.with { folder in
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: folder.path("store.db")))
      let changes = ChangeSet(
        worker: "w", resizes: [Sample.resize("req-1"), Sample.resize("req-2")])
      #expect(try await store.commit(changes) == .committed)
      try await store.transact { db in
        .commit(
          try db.execute(
            sql: "UPDATE resizes SET record = '{\"v\":1}' WHERE request_id = 'req-1'"))
      }
      let error = await #expect(throws: StoreError.self) {
        try await store.load(FactKeys(requestIds: ["req-1"]))
      }
      #expect(error?.code == .refused)
      #expect(error?.message.contains("req-1") == true)
      #expect(try await store.load(FactKeys(requestIds: ["req-2"])).resizes.count == 1)
      await store.close()
    }
  }

  @Test(
    "A worker that met a record it cannot read goes on committing beside other processes",
    arguments: ["resizes", "instance_records"])
  func commitAfterUnreadable(_ table: String) async throws {
    try await TemporaryFolder.with { folder in
      let path = folder.path("store.db")
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: path))
      let other = try SQLiteStore(SQLiteStoreConfiguration(path: path))
      try await Self.spoil(table, in: store)
      _ = await #expect(throws: StoreError.self) {
        try await store.load(FactKeys(requestIds: ["req-1"], instanceIds: ["i-1"]))
      }
      #expect(
        try await other.commit(ChangeSet(worker: "o", resizes: [Sample.resize("req-2")]))
          == .committed)
      #expect(
        try await store.commit(ChangeSet(worker: "w", resizes: [Sample.resize("req-3")]))
          == .committed)
      await store.close()
      await other.close()
    }
  }

  @Test("Who met a record that cannot be read still sees what is committed afterwards")
  func readAfterUnreadable() async throws {
    try await TemporaryFolder.with { folder in
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: folder.path("store.db")))
      try await Self.spoil("resizes", in: store)
      _ = await #expect(throws: StoreError.self) {
        try await store.resizes(matching: ResizeFilter())
      }
      try await store.set(.payments, to: SwitchPosition(isPaused: true, changedBy: "ann"))
      #expect(try await store.switches().payments.isPaused)
      let whole = Sample.resize("req-1", version: 1)
      #expect(try await store.commit(ChangeSet(worker: "w", resizes: [whole])) == .committed)
      #expect(try await store.resizes(matching: ResizeFilter()).count == 1)
      await store.close()
    }
  }

  /// Stores a resize and its instance, then damages the record of one of them.
  private static func spoil(_ table: String, in store: SQLiteStore) async throws {
    let changes = ChangeSet(
      worker: "w", resizes: [Sample.resize("req-1")], instances: [Sample.instance("i-1")])
    #expect(try await store.commit(changes) == .committed)
    try await store.transact { db in
      .commit(try db.execute(sql: "UPDATE \(table) SET record = '{\"v\":1}'"))
    }
  }

  @Test(
    "A file that may not be written is refused",
    .enabled(if: geteuid() != 0, "root may write everything"))
  func readOnly() async throws {
    try await TemporaryFolder.with { folder in
      let path = folder.path("store.db")
      try await SQLiteStore(SQLiteStoreConfiguration(path: path)).close()
      try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
      expectRefusal(of: path, .readOnly, saying: "cannot be written")
    }
  }

  @Test(
    "Every error of the engine has a code and a sentence with the file's name",
    arguments: [
      (ResultCode.SQLITE_BUSY, StoreError.Code.locked), (.SQLITE_LOCKED, .locked),
      (.SQLITE_FULL, .full), (.SQLITE_READONLY, .readOnly), (.SQLITE_PERM, .readOnly),
      (.SQLITE_NOTADB, .corrupt), (.SQLITE_CORRUPT, .corrupt), (.SQLITE_CANTOPEN, .unavailable),
      (.SQLITE_IOERR, .unavailable), (.SQLITE_CONSTRAINT, .refused), (.SQLITE_TOOBIG, .refused),
      (.SQLITE_READONLY_DIRECTORY, .readOnly), (.SQLITE_BUSY_SNAPSHOT, .locked),
    ])
  func mapping(result: ResultCode, code: StoreError.Code) {
    let error = StoreError(sqlite: DatabaseError(resultCode: result), path: "/var/store.db")
    #expect(error.code == code)
    #expect(error.message.contains("/var/store.db"))
  }
}
