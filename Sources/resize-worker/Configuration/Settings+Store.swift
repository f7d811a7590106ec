import Foundation
import Storage
import StoragePostgres
import StorageSQLite

/// Which database `store.url` names.
enum StoreLocation: Sendable, CustomStringConvertible {
  case sqlite(file: String)
  case postgres(PostgresStoreConfiguration)

  /// For people; never shows a password.
  var description: String {
    switch self {
    case .sqlite(let file): file
    case .postgres(let configuration): "schema \(configuration.schema) of \(configuration.address)"
    }
  }
}

extension Settings {
  /// The database of `store.url`.
  func storeLocation() throws(Problem) -> StoreLocation {
    let url = text(.storeURL) ?? ""
    let scheme = "sqlite:"
    if url.hasPrefix(scheme), url.count > scheme.count {
      return .sqlite(file: String(url.dropFirst(scheme.count)))
    }
    if url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") {
      return .postgres(
        PostgresStoreConfiguration(
          url: url, password: text(.storePassword), schema: channelNames.prefix))
    }
    throw Problem(
      .usage,
      "store.url (\(self[.storeURL]?.origin ?? "not set")) should be sqlite:FILE or "
        + "postgresql://user:password@host:port/database")
  }

  /// Opens the store.
  /// - Parameter creates: Whether it is made where there is none; those who only look do not want that.
  func openStore(creates: Bool = true) async throws -> any Store {
    switch try storeLocation() {
    case .sqlite(let file):
      guard creates || FileManager.default.fileExists(atPath: file) else {
        throw Problem(
          .unreachable,
          "there is no database \(InputFile.absolute(file)); set store.url, or import an inventory to "
            + "make it")
      }
      return try SQLiteStore(SQLiteStoreConfiguration(path: file))
    case .postgres(let configuration):
      return try await PostgresStore.open(configuration, creates: creates)
    }
  }

  /// Runs `body` with the store open.
  /// - Parameter creates: As of `openStore`.
  func withStore<Value: Sendable>(
    creates: Bool = false, _ body: (any Store) async throws -> Value
  ) async throws -> Value {
    let store = try await openStore(creates: creates)
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
