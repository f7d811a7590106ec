import AMQP
import Foundation

/// A RabbitMQ node of this test process, started by `ops/broker/node.sh` on free ports in a
/// temporary folder. It is stopped and its folder removed when the process ends, however it ends.
public final class PrivateBroker: Sendable {
  /// Log in with this.
  public let address: BrokerAddress
  /// The same node by TLS, under the name in its certificate.
  public let secureAddress: BrokerAddress
  private let folder: String

  private static let common = Task { try await PrivateBroker.start() }

  /// The node all tests of this process share: use unique names, and leave it running.
  public static func shared() async throws -> PrivateBroker {
    try await common.value
  }

  /// One more node, for tests that stop, freeze or block it.
  public static func start() async throws -> PrivateBroker {
    let folder = FileManager.default.temporaryDirectory.path + "/broker-" + uniqueName("t")
    let url = try await Script.run(["start", "--tls", "--dir", folder])
    try Script.stopWhenThisProcessEnds(folder: folder)
    return try PrivateBroker(folder: folder, url: url)
  }

  private init(folder: String, url: String) throws {
    self.folder = folder
    address = try BrokerAddress(url: url.trimmingCharacters(in: .whitespacesAndNewlines))
    let settings = try String(contentsOfFile: folder + "/node.env", encoding: .utf8)
    let port = settings.split(separator: "\n").compactMap { line in
      line.hasPrefix("RESIZE_BROKER_TLS_PORT=") ? line.split(separator: "=").last : nil
    }
    secureAddress = BrokerAddress(
      host: "localhost", port: port.first.flatMap { UInt16($0) } ?? 0,
      tls: .init(authoritiesFile: folder + "/tls/ca.pem"))
  }

  /// A name nobody else uses, starting with `stem`.
  public static func uniqueName(_ stem: String) -> String {
    "\(stem)-\(UInt64.random(in: 0...(.max)))"
  }

  /// Runs `rabbitmqctl` on this node; answers what it prints.
  @discardableResult
  public func control(_ arguments: String...) async throws -> String {
    try await Script.run(["--dir", folder, "ctl"] + arguments)
  }

  /// Ends the node at once, as a power cut would.
  ///
  /// Waits first until the broker has written down which queues there are: RabbitMQ 3.10 keeps the
  /// name of a new quorum queue in memory for half a second, and killed within it, starts again
  /// with an empty queue under that name, confirmed messages lost.
  public func kill() async throws {
    try await control("eval", "lists:foreach(fun dets:sync/1, dets:all()).")
    try signal(SIGKILL)
  }

  /// Ends the node in order, telling those who are connected.
  public func stop() async throws {
    _ = try await Script.run(["stop", "--dir", folder])
  }

  /// Stops the node from doing anything, its connections staying open.
  public func freeze() throws { try signal(SIGSTOP) }

  public func thaw() throws { try signal(SIGCONT) }

  /// Starts the node again, with the data it had.
  public func restart() async throws {
    _ = try await Script.run(["start", "--tls", "--dir", folder])
  }

  private func signal(_ number: Int32) throws {
    let text = try String(contentsOfFile: folder + "/node.pid", encoding: .utf8)
    guard let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw ScriptFailure(text: "no process id in \(folder)/node.pid")
    }
    Foundation.kill(pid, number)
    // A killed process is gone only once nobody can find it.
    while number == SIGKILL, Foundation.kill(pid, 0) == 0 { usleep(10_000) }
  }
}

/// `ops/broker/node.sh` did not do what it should.
public struct ScriptFailure: Error, CustomStringConvertible {
  public let text: String
  public var description: String { text }
}

private enum Script {
  private static let path: String = {
    let package = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return package.path + "/ops/broker/node.sh"
  }()

  static func run(_ arguments: [String]) async throws -> String {
    let output = FileManager.default.temporaryDirectory.path + "/" + PrivateBroker.uniqueName("out")
    defer { unlink(output) }
    let pid = try spawn([path] + arguments, output: output)
    let status = await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) == -1, errno == EINTR {}
        continuation.resume(returning: status)
      }
    }
    let text = try String(contentsOfFile: output, encoding: .utf8)
    guard status == 0 else {
      throw ScriptFailure(text: "node.sh \(arguments.joined(separator: " ")): \(text)")
    }
    return text
  }

  /// A process that outlives this one by as long as it takes to clean up after it.
  static func stopWhenThisProcessEnds(folder: String) throws {
    let script = """
      tail --pid="$2" -f /dev/null; "$0" stop --dir "$1"; rm -rf "$1"
      """
    _ = try spawn(
      ["/usr/bin/setsid", "bash", "-c", script, path, folder, "\(getpid())"],
      output: "/dev/null")
  }

  /// Starts a program with no open file of ours: Foundation's `Process` would wait for the end of
  /// everything that inherits one, the broker included.
  private static func spawn(_ command: [String], output: String) throws -> pid_t {
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
