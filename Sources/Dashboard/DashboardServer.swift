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
}

/// That the dashboard cannot listen, or no longer.
public struct DashboardError: Error, Sendable, CustomStringConvertible {
  /// Where, why, and what to do.
  public let description: String

  init(_ error: any Error, at address: DashboardAddress) {
    let (cause, advice) =
      switch error {
      case SocketError.failed(_, EADDRINUSE, _):
        ("another process listens there", "Choose another port.")
      case SocketError.failed(_, EADDRNOTAVAIL, _):
        ("this machine has no such address", "127.0.0.1 is for itself only, 0.0.0.0 for all.")
      case SocketError.failed(_, EACCES, _):
        ("this account may not listen there", "Choose a port from 1024 on.")
      case SocketError.failed(_, _, let message): (message, "Choose another address.")
      default: ("\(error)", "Choose another address.")
      }
    description =
      "Nothing can be answered over HTTP on \(address.host):\(address.port): \(cause). \(advice)"
  }
}

/// Answers over HTTP how a worker stands: health for orchestrators, metrics for Prometheus, a JSON API for people's tools.
///
/// It only reads, and knows no users: let it listen where only those who may know can reach it.
public struct DashboardServer: Service {
  private let address: DashboardAddress
  private let store: any Store
  private let health: @Sendable () -> HealthReport
  private let metrics: @Sendable () -> String
  private let now: @Sendable () -> Moment
  private let listening: @Sendable () -> Void

  /// - Parameter listening: is called once requests are answered; never where nobody can listen.
  public init(
    address: DashboardAddress, store: any Store, health: @escaping @Sendable () -> HealthReport,
    metrics: @escaping @Sendable () -> String, now: @escaping @Sendable () -> Moment,
    listening: @escaping @Sendable () -> Void = {}
  ) {
    self.address = address
    self.store = store
    self.health = health
    self.metrics = metrics
    self.now = now
    self.listening = listening
  }

  public func run() async throws {
    let server = HTTPServer(
      address: try sockaddr_in.inet(ip4: address.host, port: address.port), timeout: 15,
      logger: .disabled)
    await route(server)
    let isStopping = StopFlag()
    try await withGracefulShutdownHandler {
      do {
        // Ends with the scope, also where nobody comes to listen.
        async let _: Void = announce(server)
        try await server.run()
      } catch  where isStopping.isSet || error is CancellationError {
        return
      } catch {
        throw DashboardError(error, at: address)
      }
    } onGracefulShutdown: {
      isStopping.set()
      // sound: the one way to reach an actor from a synchronous handler; the task ends with the server.
      Task { await server.stop() }
    }
  }

  private func announce(_ server: HTTPServer) async {
    guard (try? await server.waitUntilListening(timeout: 60)) != nil else { return }
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
    await server.appendRoute("GET /") { _ in .text(Self.index) }
    await server.appendRoute("GET /health/live") { _ in .text("alive\n") }
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
    await server.appendRoute("GET /api/resizes/:id") { [store] request in
      await answer {
        guard let id = request.routeParameters["id"],
          let resize = try await store.load(FactKeys(requestIds: [id])).resizes[id]
        else { return nil }
        return DashboardJSON.course(resize, try await store.timeline(requestId: id))
      }
    }
  }
}

/// Answers with JSON, with 404 where there is nothing, with 400 where it is asked for wrongly, or
/// with 503 where the store fails.
private func answer(_ body: () async throws -> [UInt8]?) async -> HTTPResponse {
  do {
    guard let bytes = try await body() else {
      return .json(DashboardJSON.problem("there is no such resize"), status: .notFound)
    }
    return .json(bytes)
  } catch let error as WrongParameter {
    return .json(DashboardJSON.problem(error.explanation), status: .badRequest)
  } catch {
    return .json(DashboardJSON.problem("\(error)"), status: .serviceUnavailable)
  }
}

extension HTTPResponse {
  fileprivate static func text(
    _ text: String, type: String = "text/plain; charset=utf-8"
  ) -> HTTPResponse {
    HTTPResponse(statusCode: .ok, headers: [.contentType: type], body: Data(text.utf8))
  }

  fileprivate static func json(_ bytes: [UInt8], status: HTTPStatusCode = .ok) -> HTTPResponse {
    HTTPResponse(
      statusCode: status, headers: [.contentType: "application/json"], body: Data(bytes))
  }
}

/// Whether the server was told to stop.
private final class StopFlag: Sendable {
  private let flag = Atomic<Bool>(false)

  var isSet: Bool { flag.load(ordering: .acquiring) }
  func set() { flag.store(true, ordering: .releasing) }
}
