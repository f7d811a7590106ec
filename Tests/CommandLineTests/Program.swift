import Foundation
import ScriptFixture

/// The built binary, run as a user would.
struct Program {
  struct Ending {
    var status: Int32
    var output: String
    var errors: String
  }

  /// A folder of one test's own, removed with it.
  final class Folder: Sendable {
    let path: String

    init() throws {
      path = try TestProcess.newFolder("command-line")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and answers its path.
    func file(_ name: String, _ text: String) throws -> String {
      try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
      return path + "/" + name
    }
  }

  /// Beside the tests' own executable.
  static let path =
    URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    .deletingLastPathComponent().path + "/resize-worker"

  /// The root of the package.
  static let package = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// Runs it to its end; only the given environment is there.
  static func run(
    _ arguments: String..., input: String = "", environment: [String: String] = [:]
  ) async throws -> Ending {
    try await run(arguments: arguments, input: input, environment: environment)
  }

  static func run(
    arguments: [String], input: String = "", environment: [String: String] = [:]
  ) async throws -> Ending {
    try await Program(path, arguments, input, environment).ending()
  }

  /// Runs a script of bash to its end, the program's path being `$0`.
  static func shell(_ script: String) async throws -> Ending {
    try await Program("/bin/bash", ["-c", script, path], "", [:]).ending()
  }

  /// Starts it, to be terminated.
  static func start(
    _ arguments: String..., environment: [String: String]
  ) throws -> Program {
    try Program(path, arguments, "", environment)
  }

  /// Starts a script of bash, the program's path being `$0`; one that ends in `exec` becomes it.
  static func start(shell script: String, environment: [String: String]) throws -> Program {
    try Program("/bin/bash", ["-c", script, path], "", environment)
  }

  private let process: ChildProcess
  private let folder: Folder

  private init(
    _ executable: String, _ arguments: [String], _ input: String, _ environment: [String: String]
  ) throws {
    folder = try Folder()
    process = try ChildProcess(
      [executable] + arguments, environment: environment, in: folder.path,
      .init(
        input: folder.file("input", input), output: folder.path + "/output",
        errors: folder.path + "/errors"))
  }

  /// Asks it to stop, with SIGTERM.
  func terminate() { process.send(SIGTERM) }

  /// Waits for its end.
  func ending() async throws -> Ending {
    // A signal is no exit status: make it one that no test expects.
    let status: Int32 =
      switch await process.ending() {
      case .exit(let status): status
      case .signal(let signal): -signal
      case nil: -1
      }
    return Ending(
      status: status,
      output: try String(contentsOfFile: folder.path + "/output", encoding: .utf8),
      errors: try String(contentsOfFile: folder.path + "/errors", encoding: .utf8))
  }
}

extension Program.Ending {
  /// Whether the errors are one sentence of ours: a single line, without the look of a dump.
  var isOneSentence: Bool {
    let lines = errors.split(separator: "\n")
    return lines.count == 1 && errors.hasPrefix("resize-worker: ")
      && !errors.contains("Error(") && !errors.contains("Fatal")
  }
}
