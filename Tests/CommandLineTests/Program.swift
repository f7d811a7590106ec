import Foundation

/// The built binary, run as a user would.
struct Program {
  struct Ending {
    var status: Int32
    var output: String
    var errors: String
  }

  /// A folder of one test's own, removed with it.
  final class Folder {
    let path: String

    init() throws {
      path = FileManager.default.temporaryDirectory.path + "/command-line-\(UUID().uuidString)"
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
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

  /// Runs a script of bash to its end, the program's path being `$0`.
  static func shell(_ script: String) async throws -> Ending {
    try await run("/bin/bash", arguments: ["-c", script, path])
  }

  static func run(
    _ executable: String = path, arguments: [String], input: String = "",
    environment: [String: String] = [:]
  ) async throws -> Ending {
    let folder = try Folder()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.standardInput = try FileHandle(
      forReadingFrom: URL(fileURLWithPath: try folder.file("input", input)))
    process.standardOutput = try handle(try folder.file("output", ""))
    process.standardError = try handle(try folder.file("errors", ""))
    let status = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { ended in
        // A signal is no exit status: make it one that no test expects.
        let status = ended.terminationStatus
        continuation.resume(returning: ended.terminationReason == .exit ? status : -status)
      }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    return Ending(
      status: status,
      output: try String(contentsOfFile: folder.path + "/output", encoding: .utf8),
      errors: try String(contentsOfFile: folder.path + "/errors", encoding: .utf8))
  }

  private static func handle(_ path: String) throws -> FileHandle {
    try FileHandle(forWritingTo: URL(fileURLWithPath: path))
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
