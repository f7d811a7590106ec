import Contracts
import FlyingFox
import FlyingSocks
import Foundation
import Resizing
import ServiceLifecycle
import Storage
import Synchronization

/// Where the dashboard listens.
public struct DashboardAddress: Sendable, Equatable {
  public var host: String
  public var port: UInt16

  /// Reads `127.0.0.1:9470`; nil if it is no IPv4 address and port.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let port = UInt16(parts[1]),
      (try? sockaddr_in.inet(ip4: String(parts[0]), port: port)) != nil
    else { return nil }
    host = String(parts[0])
    self.port = port
  }

  /// Whether a request that names this host (RFC 9110, 7.2) is meant for here.
  ///
  /// Where only this machine can ask, an address or `localhost` is what it is asked by. Another name is
  /// that of a web page which had it lead here, to read in a browser on this machine what is answered
  /// (DNS rebinding). Elsewhere names are for others to give.
  func isMeant(by host: String?) -> Bool {
    guard self.host.hasPrefix("127."), let host, !host.hasPrefix("[") else { return true }
    let name = host.prefix { $0 != ":" }
    return name.lowercased() == "localhost"
      || (try? sockaddr_in.inet(ip4: String(name), port: port)) != nil
  }
}

/// That the dashboard cannot listen, or no longer.
public struct DashboardError: Error, Sendable, CustomStringConvertible {
  public let address: DashboardAddress
  public let cause: String
  /// What to do about it, a sentence.
  public let advice: String

  public var description: String {
    "Nothing can be answered over HTTP on \(address.host):\(address.port): \(cause). \(advice)"
  }

  init(_ error: any Error, at address: DashboardAddress) {
    self.address = address
    (cause, advice) =
      switch error {
      case SocketError.failed(_, EADDRINUSE, _):
        ("another process listens there", "Choose another port.")
      case SocketError.failed(_, EADDRNOTAVAIL, _):
        ("this machine has no such address", "127.0.0.1 is for itself only, 0.0.0.0 for all.")
      case SocketError.failed(_, EACCES, _):
        ("this account may not listen there", "Choose a port from 1024 on.")
      case SocketError.failed(_, EMFILE, _):
        (
          "this process has as many files and connections open as it may",
          "Let fewer connect to it, or raise its limit (ulimit -n, LimitNOFILE=)."
        )
      case SocketError.failed("Accept", _, let message):
        (message, "It goes on by itself, unless it comes again and again.")
      case SocketError.failed(_, _, let message): (message, "Choose another address.")
      default: ("\(error)", "Choose another address.")
      }
  }
}

/// Answers over HTTP how a worker stands: health for orchestrators, metrics for Prometheus, a JSON API for people's tools.
///
/// It only reads, and knows no users: let it listen where only those who may know can reach it.
///
/// Where it cannot begin to listen, it ends with a ``DashboardError``. Whatever ends the listening
/// later, such as more connections than the process may have, is told, closes all connections, and
/// lasts for a moment. A graceful shutdown or a cancellation ends it at once, requests under way
/// included.
public struct DashboardServer: Service {
  private let address: DashboardAddress
  private let store: any Store
  private let health: @Sendable () -> HealthReport
  private let metrics: @Sendable () -> String
  private let now: @Sendable () -> Moment
  private let listening: @Sendable () -> Void
  private let interrupted: @Sendable (DashboardError) -> Void

  /// - Parameters:
  ///   - listening: is called each time that requests begin to be answered; never where nobody can
  ///     listen.
  ///   - interrupted: is told each time why they are not answered any more for now.
  public init(
    address: DashboardAddress, store: any Store, health: @escaping @Sendable () -> HealthReport,
    metrics: @escaping @Sendable () -> String, now: @escaping @Sendable () -> Moment,
    listening: @escaping @Sendable () -> Void = {},
    interrupted: @escaping @Sendable (DashboardError) -> Void = { _ in }
  ) {
    self.address = address
    self.store = store
    self.health = health
    self.metrics = metrics
    self.now = now
    self.listening = listening
    self.interrupted = interrupted
  }

  public func run() async throws {
    try await cancelWhenGracefulShutdown { try await serve() }
  }

  /// Listens until its task is canceled, and again a moment after that was interrupted.
  private func serve() async throws {
    var isFirst = true
    while !Task.isCancelled {
      let hasListened = Flag()
      do {
        try await listen(hasListened)
      } catch {
        if Task.isCancelled { return }
        let failure = DashboardError(error, at: address)
        if hasListened.isSet { interrupted(failure) } else if isFirst { throw failure }
        isFirst = false
        // sound: what kept it from listening has time to pass; a shutdown ends the wait.
        try? await Task.sleep(for: .seconds(1))
      }
    }
  }

  private func listen(_ hasListened: Flag) async throws {
    let server = HTTPServer(
      address: try sockaddr_in.inet(ip4: address.host, port: address.port), timeout: 15,
      logger: .disabled)
    await route(server)
    // Ends with the scope, also where nobody comes to listen.
    async let _: Void = announce(server, hasListened)
    try await server.run()
  }

  private func announce(_ server: HTTPServer, _ hasListened: Flag) async {
    guard (try? await server.waitUntilListening(timeout: 60)) != nil else { return }
    hasListened.set()
    listening()
  }

  private static let index = """
    resize-worker answers:
    /health/live
    /health/ready
    /metrics
    /api/statistics
    /api/resizes?state=STATE&tenant=ID&instance=ID&attention=true&limit=N
    /api/resizes/ID

    """

  private func route(_ server: HTTPServer) async {
    await server.appendRoute("*") { [address] request in
      guard address.isMeant(by: request.headers[.host]) else {
        return .text("ask for localhost:\(address.port)\n", status: .misdirectedRequest)
      }
      throw HTTPUnhandledError()
    }
    // Before the others, and by the path as it was sent: an id may look like another path.
    await server.appendRoute("GET *") { [store] request in
      guard let id = request.resizeId else { throw HTTPUnhandledError() }
      return await answer {
        guard let resize = try await store.load(FactKeys(requestIds: [id])).resizes[id] else {
          return nil
        }
        return DashboardJSON.course(resize, try await store.timeline(requestId: id))
      }
    }
    await server.appendRoute("GET /") { _ in .text(Self.index) }
    await server.appendRoute("GET /health/live") { [health] _ in
      health().isAlive
        ? .text("alive\n") : .text("the worker stands still\n", status: .serviceUnavailable)
    }
    await server.appendRoute("GET /health/ready") { [health] _ in
      let report = health()
      return .json(
        DashboardJSON.health(report), status: report.isReady ? .ok : .serviceUnavailable)
    }
    await server.appendRoute("GET /metrics") { [metrics] _ in
      .text(metrics(), type: "text/plain; version=0.0.4; charset=utf-8")
    }
    await server.appendRoute("GET /api/statistics") { [store, now] _ in
      await answer {
        DashboardJSON.statistics(
          try await store.statistics(now: now()), try await store.switches())
      }
    }
    await server.appendRoute("GET /api/resizes") { [store] request in
      await answer {
        let filter = try ResizeFilter { request.query[$0] }
        return DashboardJSON.resizes(try await store.resizes(matching: filter))
      }
    }
  }
}

extension HTTPRequest {
  /// All that follows `/api/resizes/`, decoded; an id may have slashes.
  fileprivate var resizeId: String? {
    let path = target.path(percentEncoded: true)
    let place = "/api/resizes/"
    guard path.hasPrefix(place), path.count > place.count else { return nil }
    return String(path.dropFirst(place.count)).removingPercentEncoding
  }
}

/// Answers with JSON, with 404 where there is nothing, with 400 where it is asked for wrongly, or
/// with 503 where the store fails.
private func answer(_ body: @escaping @Sendable () async throws -> [UInt8]?) async -> HTTPResponse {
  do {
    guard let bytes = try await unlessCanceled(body) else {
      return .json(DashboardJSON.problem("there is no such resize"), status: .notFound)
    }
    return .json(bytes)
  } catch let error as WrongParameter {
    return .json(DashboardJSON.problem(error.explanation), status: .badRequest)
  } catch {
    return .json(DashboardJSON.problem("\(error)"), status: .serviceUnavailable)
  }
}

/// Waits for a value no longer than the waiting task is wanted: a call of a store that does not answer
/// heeds no cancellation, and would hold up the end of the process.
private func unlessCanceled<Value: Sendable>(
  _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  let (outcomes, outcome) = AsyncStream.makeStream(of: Result<Value, any Error>.self)
  // sound: a call that is left alone only reads, and ends by itself or with the store.
  Task {
    do { outcome.yield(.success(try await body())) } catch { outcome.yield(.failure(error)) }
  }
  for await result in outcomes { return try result.get() }
  throw CancellationError()
}

extension HTTPResponse {
  fileprivate static func text(
    _ text: String, type: String = "text/plain; charset=utf-8", status: HTTPStatusCode = .ok
  ) -> HTTPResponse {
    HTTPResponse(statusCode: status, headers: [.contentType: type], body: Data(text.utf8))
  }

  fileprivate static func json(_ bytes: [UInt8], status: HTTPStatusCode = .ok) -> HTTPResponse {
    HTTPResponse(
      statusCode: status, headers: [.contentType: "application/json"], body: Data(bytes))
  }
}

/// Whether something has happened.
private final class Flag: Sendable {
  private let flag = Atomic<Bool>(false)

  var isSet: Bool { flag.load(ordering: .acquiring) }
  func set() { flag.store(true, ordering: .releasing) }
}
