import GRDB
import GRDBSQLite
import Synchronization

/// Moves pages from the log into the file on a connection of its own, beside the commits.
///
/// Without it SQLite does so within the commit that fills the log, which then takes several times
/// as long as the others. That commit still comes, since only a writer can begin the log anew; but it
/// finds most pages moved.
final class Checkpointer: Sendable {
  private struct Progress {
    var pages = 0
    var isUnderWay = false
  }

  private let connection: DatabaseQueue
  /// So many pages are worth a checkpoint.
  private let pagesPerCheckpoint: Int
  private let progress = Mutex(Progress())

  init(path: String, configuration: Configuration, pagesPerCheckpoint: Int) throws {
    connection = try DatabaseQueue(path: path, configuration: configuration)
    self.pagesPerCheckpoint = pagesPerCheckpoint
  }

  /// Counts what a connection has written to the log since it was last asked, and begins a
  /// checkpoint where that is enough and none is under way.
  func count(pagesWrittenBy db: Database) {
    // A closed connection is none.
    guard let pointer = db.sqliteConnection else { return }
    var pages: CInt = 0
    var highest: CInt = 0
    sqlite3_db_status(pointer, SQLITE_DBSTATUS_CACHE_WRITE, &pages, &highest, 1)
    let isDue = progress.withLock { progress in
      progress.pages += Int(pages)
      guard progress.pages >= pagesPerCheckpoint, !progress.isUnderWay else { return false }
      progress = Progress(pages: 0, isUnderWay: true)
      return true
    }
    if isDue { begin() }
  }

  private func begin() {
    connection.asyncWriteWithoutTransaction { [self] db in
      // Passive: it waits for nobody. Where another process is at it, or it fails, the pages stay
      // in the log for the next one, and the commits report what is wrong with the file.
      if db.sqliteConnection != nil { _ = try? db.checkpoint(.passive) }
      progress.withLock { $0.isUnderWay = false }
    }
  }

  func close() throws { try connection.close() }
}
