import ArgumentParser
import Foundation
import Glibc
import Storage
import StorageSQLite

struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the database to a file, while workers go on, and verify the copy's ledger.",
    discussion: """
      The file appears when the copy is complete, verified and on the disk. How to restore it, and \
      what to do about what came after it, is in ops/runbooks/restore.md.

      Examples:
        resize-worker backup /backups/resizes-$(date +%F).sqlite
      """)

  @Argument(help: "The file to write; it must not be there yet.") var file: String
  @OptionGroup var configuration: ConfigurationFlag
  @OptionGroup(title: "Database") var store: StoreFlags

  func run() async throws {
    let settings = try configuration.settings(store)
    guard case .sqlite(let original) = try settings.storeLocation() else {
      throw Problem(
        .usage, "a backup of PostgreSQL is made by its own tools; see ops/runbooks/restore.md")
    }
    guard FileManager.default.fileExists(atPath: original) else {
      throw Problem(
        .unreachable, "there is no database \(InputFile.absolute(original)); set store.url")
    }
    guard !FileManager.default.fileExists(atPath: file) else {
      throw Problem(.usage, "\(file.printable) is there already; name a new file")
    }
    let partial = file + ".partial"
    for suffix in Self.suffixes { remove(partial + suffix) }
    let summary: LedgerSummary
    do {
      try Self.make(partial)
      try await Self.copy(original, to: partial)
      summary = try await Self.verify(partial)
      guard !FileManager.default.fileExists(atPath: partial + "-wal") else {
        throw Problem(
          .unreachable, "\(partial.printable) is held open by somebody else; name another file")
      }
      try Self.keep(partial, permissionsOf: original)
      guard rename(partial, file) == 0 else {
        throw Problem(.unreachable, "\(file.printable) cannot be written: \(Self.systemReason)")
      }
      try Self.keepEntry(of: file)
    } catch {
      for suffix in Self.suffixes { remove(partial + suffix) }
      throw error
    }
    OutputChannel.standard.line(
      "\(file.printable): \(summary.resizes.counted("resize")), \(summary.entries.grouped) ledger "
        + "entries, "
        + (summary.findings == 0
          ? "all as it was written"
          : "\(summary.findings.counted("finding")): see `resize-worker ledger verify`"))
    guard summary.findings == 0 else { throw ExitCode(ExitStatus.didNotWorkOut.rawValue) }
  }

  /// A database's files: itself, and what SQLite puts beside it.
  private static let suffixes = ["", "-journal", "-wal", "-shm"]

  /// Makes an empty file that is its owner's alone while it is filled, as are the files that SQLite
  /// puts beside it.
  private static func make(_ file: String) throws(Problem) {
    let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw Problem(.unreachable, "\(file.printable) cannot be written: \(systemReason)")
    }
    close(descriptor)
  }

  private static func copy(_ original: String, to copy: String) async throws {
    let store = try SQLiteStore(SQLiteStoreConfiguration(path: original))
    do {
      try await store.backUp(to: copy)
      await store.close()
    } catch {
      await store.close()
      throw error
    }
  }

  private static func verify(_ file: String) async throws -> LedgerSummary {
    let copy = try SQLiteStore(SQLiteStoreConfiguration(path: file))
    do {
      let summary = try await LedgerVerification(of: copy).run { _ in }
      await copy.close()
      return summary
    } catch {
      await copy.close()
      throw error
    }
  }

  /// Forces the copy to the disk; who may read it is as with the original.
  private static func keep(_ file: String, permissionsOf original: String) throws(Problem) {
    var status = stat()
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    guard descriptor >= 0, stat(original, &status) == 0,
      fchmod(descriptor, status.st_mode & 0o777) == 0, fsync(descriptor) == 0
    else {
      throw Problem(.unreachable, "\(file.printable) cannot be kept: \(systemReason)")
    }
  }

  /// Forces the name of the file to the disk, where the file system has a way to.
  private static func keepEntry(of file: String) throws(Problem) {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    guard descriptor >= 0, fsync(descriptor) == 0 || errno == EINVAL else {
      throw Problem(
        .unreachable, "\(file.printable) may not last, its folder fails: \(systemReason)")
    }
  }

  private static var systemReason: String { String(cString: strerror(errno)) }
}
