import GRDB
import Storage

extension StoreError {
  /// What an error of the engine means for the file, in words for the operator.
  init(_ error: any Error, path: String) {
    switch error {
    case let error as StoreError: self = error
    case let error as DatabaseError: self.init(sqlite: error, path: path)
    default: self.init(.unavailable, "The store \(path) failed: \(error)")
    }
  }

  init(sqlite error: DatabaseError, path: String) {
    let said = error.message ?? error.resultCode.description
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(
        .locked,
        "\(path) is locked by another process for longer than the busy time-out; "
          + "end what holds it (an open transaction in a shell, a backup).")
    case .SQLITE_FULL:
      self.init(
        .full, "No space is left for \(path); free some, a running worker goes on.")
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
      self.init(
        .readOnly,
        "\(path) cannot be written (\(said)): file, folder or file system is read-only "
          + "for this account; the log beside it needs a writable folder, too.")
    case .SQLITE_NOTADB:
      self.init(
        .corrupt, "\(path) is no SQLite database; name another file as the store.")
    case .SQLITE_CORRUPT:
      self.init(
        .corrupt, "\(path) is damaged (\(said)); stop all workers and restore it from a backup.")
    case .SQLITE_CANTOPEN:
      self.init(
        .unavailable,
        "\(path) cannot be opened (\(said)); check that its folder exists, and that this account may "
          + "read and write both.")
    case .SQLITE_CONSTRAINT, .SQLITE_TOOBIG, .SQLITE_MISMATCH, .SQLITE_RANGE:
      self.init(.refused, "\(path) refuses a row (\(said)); nothing was written.")
    case .SQLITE_MISUSE:
      self.init(.unavailable, "The store \(path) is closed.")
    default:
      self.init(.unavailable, "\(path) failed with \(error.extendedResultCode): \(said)")
    }
  }
}
