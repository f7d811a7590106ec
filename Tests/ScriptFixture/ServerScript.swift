import Foundation

/// The script of a private server did not do what it should.
public struct ScriptFailure: Error, CustomStringConvertible {
  public let text: String

  public init(text: String) { self.text = text }

  public var description: String { text }
}

/// Runs the script that starts and stops a private server.
public struct ServerScript: Sendable {
  private let path: String

  /// - Parameter path: From the top of the package.
  public init(_ path: String) { self.path = Self.path(path) }

  /// Where a file of the package is.
  public static func path(_ file: String) -> String {
    let package = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return package.path + "/" + file
  }

  /// A name nobody else uses, starting with `stem`.
  public static func uniqueName(_ stem: String) -> String {
    "\(stem)-\(UInt64.random(in: 0...(.max)))"
  }

  /// - Returns: What it prints.
  @discardableResult
  public func run(_ arguments: [String]) async throws -> String {
    let output = TestProcess.folder + "/" + Self.uniqueName("out")
    defer { unlink(output) }
    let ending = try await ChildProcess([path] + arguments, .init(output: output)).ending()
    let text = try String(contentsOfFile: output, encoding: .utf8)
    guard ending == .exit(0) else {
      throw ScriptFailure(text: "\(path) \(arguments.joined(separator: " ")): \(text)")
    }
    return text
  }

  /// A process that outlives this one by as long as it takes to clean up after it.
  public func stopWhenThisProcessEnds(folder: String) throws {
    let script = """
      tail --pid="$2" -f /dev/null; "$0" stop --dir "$1"; rm -rf "$1"
      """
    try ChildProcess.spawn(
      ["/usr/bin/setsid", "bash", "-c", script, path, folder, "\(getpid())"],
      .init(output: "/dev/null"))
  }
}
