import Foundation
import ScriptFixture

/// A PostgreSQL server of this test process, started by `ops/database/node.sh` on a free port in a
/// temporary folder. It is stopped and its folder removed when the process ends, however it ends.
public final class PrivateDatabase: Sendable {
  /// Log in with this; the account may do everything.
  public let url: String
  private let folder: String
  private static let script = ServerScript("ops/database/node.sh")

  private static let common = Task { try await PrivateDatabase.start() }

  /// The server that all tests of this process share: use a schema of your own, and leave it running.
  public static func shared() async throws -> PrivateDatabase { try await common.value }

  /// One more server, for tests that stop, freeze or kill it.
  public static func start() async throws -> PrivateDatabase {
    let folder = FileManager.default.temporaryDirectory.path + "/" + uniqueName("database")
    try script.stopWhenThisProcessEnds(folder: folder)
    let url = try await script.run(["start", "--dir", folder])
    return PrivateDatabase(folder: folder, url: url)
  }

  private init(folder: String, url: String) {
    self.folder = folder
    self.url = url.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// A name nobody else uses, starting with `stem`.
  public static func uniqueName(_ stem: String) -> String { ServerScript.uniqueName(stem) }

  /// Runs SQL as the owner of everything; answers the rows, a line each, with `|` between columns.
  @discardableResult
  public func query(_ sql: String) async throws -> String {
    try await Self.script.run(
      ["--dir", folder, "psql", "--quiet", "-At", "-v", "ON_ERROR_STOP=1", "--command", sql]
    ).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Runs a file of SQL from the top of the package, with psql's variables set.
  public func apply(_ file: String, _ variables: [String: String]) async throws {
    let settings = variables.flatMap { ["-v", "\($0.key)=\($0.value)"] }
    let path = ServerScript.path(file)
    try await Self.script.run(
      ["--dir", folder, "psql", "--quiet", "-v", "ON_ERROR_STOP=1"] + settings + ["--file", path])
  }

  /// Stops the server's processes from doing anything, their connections staying open.
  public func freeze() throws { for pid in try processes() { Foundation.kill(pid, SIGSTOP) } }

  public func thaw() throws { for pid in try processes() { Foundation.kill(pid, SIGCONT) } }

  /// Ends the server and all its processes at once, as a power cut would.
  public func kill() throws {
    // Stopped first: the server would restart itself at the sight of a child that crashed.
    try freeze()
    let all = try processes()
    for pid in all { Foundation.kill(pid, SIGKILL) }
    // A killed process is gone only once nobody can find it.
    for pid in all { while Foundation.kill(pid, 0) == 0 { usleep(10_000) } }
  }

  /// Ends the server in order: connections are cut.
  public func stop() async throws { try await Self.script.run(["stop", "--dir", folder]) }

  /// Starts the server again, with the data it had, at the same address.
  public func restart() async throws { try await Self.script.run(["start", "--dir", folder]) }

  /// Stops the server and starts it as a standby, that of nobody: what it has can be read.
  public func restartAsStandby() async throws {
    try await stop()
    try Data().write(to: URL(fileURLWithPath: folder + "/data/standby.signal"))
    try await restart()
  }

  /// The server's main process, and those it has started.
  private func processes() throws -> [pid_t] {
    let text = try String(contentsOfFile: folder + "/data/postmaster.pid", encoding: .utf8)
    guard let main = text.split(separator: "\n").first.flatMap({ pid_t($0) }) else {
      throw ScriptFailure(text: "no process id in \(folder)/data/postmaster.pid")
    }
    let children = try String(
      contentsOfFile: "/proc/\(main)/task/\(main)/children", encoding: .utf8)
    return [main] + children.split(separator: " ").compactMap { pid_t($0) }
  }
}
