import Foundation
import Storage
import StorageSQLite

extension Settings {
  /// The database file of `store.url`.
  func storeFile() throws(Problem) -> String {
    let url = text(.storeURL) ?? ""
    let scheme = "sqlite:"
    guard url.hasPrefix(scheme), url.count > scheme.count else {
      throw Problem(
        .usage, "store.url (\(self[.storeURL]?.origin ?? "not set")) should be sqlite:FILE")
    }
    return String(url.dropFirst(scheme.count))
  }

  /// Opens the store; makes it where there is none.
  func openStore() throws -> SQLiteStore {
    try SQLiteStore(SQLiteStoreConfiguration(path: try storeFile()))
  }

  /// Runs `body` with the store open.
  /// - Parameter creates: Whether a missing database is made; those who only look do not want that.
  func withStore<Value: Sendable>(
    creates: Bool = false, _ body: (SQLiteStore) async throws -> Value
  ) async throws -> Value {
    let file = try storeFile()
    guard creates || FileManager.default.fileExists(atPath: file) else {
      throw Problem(
        .unreachable,
        "there is no database \(file); set store.url, or import an inventory to make it")
    }
    let store = try openStore()
    do {
      let value = try await body(store)
      await store.close()
      return value
    } catch {
      await store.close()
      throw error
    }
  }
}
