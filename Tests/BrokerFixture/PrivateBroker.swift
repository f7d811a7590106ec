import AMQP
import Foundation
import ScriptFixture

/// A RabbitMQ node of this test process, started by `ops/broker/node.sh` on free ports in a
/// temporary folder. It is stopped and its folder removed when the process ends, however it ends.
public final class PrivateBroker: Sendable {
  /// Log in with this.
  public let address: BrokerAddress
  /// The same node by TLS, under the name in its certificate.
  public let secureAddress: BrokerAddress
  private let folder: String
  private static let script = ServerScript("ops/broker/node.sh")

  private static let common = Task { try await PrivateBroker.start() }

  /// The node all tests of this process share: use unique names, and leave it running.
  public static func shared() async throws -> PrivateBroker {
    try await common.value
  }

  /// One more node, for tests that stop, freeze or block it.
  public static func start() async throws -> PrivateBroker {
    let folder = FileManager.default.temporaryDirectory.path + "/broker-" + uniqueName("t")
    try script.stopWhenThisProcessEnds(folder: folder)
    let url = try await Self.script.run(["start", "--tls", "--dir", folder])
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
    ServerScript.uniqueName(stem)
  }

  /// Runs `rabbitmqctl` on this node; answers what it prints.
  @discardableResult
  public func control(_ arguments: String...) async throws -> String {
    try await Self.script.run(["--dir", folder, "ctl"] + arguments)
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
    _ = try await Self.script.run(["stop", "--dir", folder])
  }

  /// Stops the node from doing anything, its connections staying open.
  public func freeze() throws { try signal(SIGSTOP) }

  public func thaw() throws { try signal(SIGCONT) }

  /// Starts the node again, with the data it had.
  public func restart() async throws {
    _ = try await Self.script.run(["start", "--tls", "--dir", folder])
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
