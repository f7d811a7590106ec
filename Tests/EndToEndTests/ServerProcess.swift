import Foundation
import ScriptFixture

/// A program that runs beside a test, with its output in files. It does not outlive its last owner.
final class ServerProcess: Sendable {
  private let folder: Folder
  private let process: ChildProcess

  /// Only the given environment is there.
  init(
    _ executable: String, _ arguments: [String], environment: [String: String], input: String = ""
  ) throws {
    folder = try Folder()
    process = try ChildProcess(
      [executable] + arguments, environment: environment, in: folder.path,
      .init(
        input: folder.file("input", input), output: folder.path + "/output",
        errors: folder.path + "/log"))
  }

  deinit { send(SIGKILL) }

  var pid: pid_t { process.pid }

  var isRunning: Bool { process.isRunning }

  /// Asks it to stop, with SIGTERM.
  func terminate() { send(SIGTERM) }

  func send(_ signal: Int32) { process.send(signal) }

  /// Waits for its end; nil if the test's time is over before.
  @discardableResult
  func ending() async -> ChildProcess.Ending? { await process.ending() }

  /// What it has written to its standard error so far.
  func log() -> String { (try? text(of: "log")) ?? "" }

  func output() throws -> String { try text(of: "output") }

  private func text(of name: String) throws -> String {
    String(
      decoding: try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name)), as: UTF8.self)
  }
}

/// A folder of one test's own, removed with it.
final class Folder: Sendable {
  let path: String

  init() throws {
    path = try TestProcess.newFolder("end-to-end")
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and answers its path.
  func file(_ name: String, _ text: String) throws -> String {
    try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
    return path + "/" + name
  }
}

enum Package {
  static let path = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// The built binary, beside the tests' own executable.
  static let program =
    URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    .deletingLastPathComponent().path + "/resize-worker"
}

/// Looks until the condition holds; false if the test's time is over before.
@discardableResult
func eventually(_ condition: () async throws -> Bool) async rethrows -> Bool {
  while !(try await condition()) {
    guard !Task.isCancelled, (try? await Task.sleep(for: .milliseconds(20))) != nil else {
      return false
    }
  }
  return true
}
