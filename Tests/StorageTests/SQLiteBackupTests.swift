import Foundation
import Resizing
import Storage
import StorageConformance
import StorageSQLite
import Testing

@Suite("A backup of the SQLite file")
struct SQLiteBackupTests {
  @Test("It holds whole commits up to one moment, while others go on")
  func online() async throws {
    try await TemporaryFolder.with { folder in
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: folder.path("store.db")))
      let neighbour = try SQLiteStore(SQLiteStoreConfiguration(path: folder.path("store.db")))
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { () async throws in
          for number in 0..<100 {
            let changes = ChangeSet(
              worker: "w", resizes: [Sample.resize("a-\(number)"), Sample.resize("b-\(number)")])
            #expect(try await neighbour.commit(changes) == .committed)
          }
        }
        for copy in 0..<5 {
          group.addTask { () async throws in
            try await store.backUp(to: folder.path("copy-\(copy).db"))
          }
        }
        try await group.waitForAll()
      }
      for copy in 0..<5 {
        let path = folder.path("copy-\(copy).db")
        let restored = try SQLiteStore(SQLiteStoreConfiguration(path: path))
        let ids = try await restored.resizes(matching: ResizeFilter(limit: 1_000))
          .map(\.requestId).reversed()
        let expected = (0..<100).flatMap { ["a-\($0)", "b-\($0)"] }
        #expect(Array(ids) == Array(expected.prefix(ids.count)) && ids.count.isMultiple(of: 2))
        await restored.close()
      }
      await neighbour.close()
      await store.close()
    }
  }

  @Test("A file that is there already is left as it is")
  func existing() async throws {
    try await TemporaryFolder.with { folder in
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: folder.path("store.db")))
      try await store.backUp(to: folder.path("copy.db"))
      await #expect(throws: StoreError.self) { try await store.backUp(to: folder.path("copy.db")) }
      await store.close()
    }
  }

  @Test("One that is there and empty is filled, and is open to whom it was")
  func empty() async throws {
    try await TemporaryFolder.with { folder in
      let (original, copy) = (folder.path("store.db"), folder.path("copy.db"))
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: original))
      #expect(
        FileManager.default.createFile(
          atPath: copy, contents: nil, attributes: [.posixPermissions: 0o600]))
      try await store.backUp(to: copy)
      let attributes = try FileManager.default.attributesOfItem(atPath: copy)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      #expect(attributes[.size] as? Int ?? 0 > 0)
      await store.close()
    }
  }
}
