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
    let pid = try Self.spawn([path] + arguments, output: output)
    let status = await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) == -1, errno == EINTR {}
        continuation.resume(returning: status)
      }
    }
    let text = try String(contentsOfFile: output, encoding: .utf8)
    guard status == 0 else {
      throw ScriptFailure(text: "\(path) \(arguments.joined(separator: " ")): \(text)")
    }
    return text
  }

  /// A process that outlives this one by as long as it takes to clean up after it.
  public func stopWhenThisProcessEnds(folder: String) throws {
    let script = """
      tail --pid="$2" -f /dev/null; "$0" stop --dir "$1"; rm -rf "$1"
      """
    _ = try Self.spawn(
      ["/usr/bin/setsid", "bash", "-c", script, path, folder, "\(getpid())"],
      output: "/dev/null")
  }

  /// Starts a program with no open file of ours: Foundation's `Process` would wait for the end of
  /// everything that inherits one, the broker included.
  static func spawn(_ command: [String], output: String) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    let closing = """
      for file in /proc/$$/fd/*; do
        [ "${file##*/}" -le 2 ] || eval "exec ${file##*/}>&-"
      done
      exec "$@"
      """
    let shell = ["/bin/bash", "-c", closing, "spawn"]
    var arguments: [UnsafeMutablePointer<CChar>?] = (shell + command).map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var attributes = Self.attributes
    defer { posix_spawnattr_destroy(&attributes) }
    var pid: pid_t = 0
    let status = posix_spawn(&pid, shell[0], &actions, &attributes, &arguments, environ)
    guard status == 0 else {
      throw ScriptFailure(
        text: "\(command[0]) cannot be started: \(String(cString: strerror(status)))")
    }
    return pid
  }

  /// Threads of the test block signals, and children inherit that: the broker would not hear SIGTERM.
  private static var attributes: posix_spawnattr_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    return attributes
  }
}
