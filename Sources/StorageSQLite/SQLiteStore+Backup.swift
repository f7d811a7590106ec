import GRDB
import Storage

extension SQLiteStore {
  /// Writes the store as it is at this moment to a new file, while workers go on; one that is there
  /// and empty keeps its permissions.
  ///
  /// The copy holds every commit up to one moment and none after it, without the free space of the
  /// original. It is not yet forced to the disk.
  /// - Throws: `unavailable` where the file has something in it already or cannot be made, `full`
  ///   where it does not fit.
  public func backUp(to copy: String) async throws(StoreError) {
    try await withoutTransaction(on: copy) { db in
      try db.execute(sql: "VACUUM INTO ?", arguments: [copy])
    }
  }
}
