import Foundation
import FoundationNetworking
import Resizing
import ScriptFixture
import ServiceLifecycleTestKit
import Storage
import Synchronization
import Testing
import Worker

@testable import Dashboard

@Suite("The dashboard over HTTP", .timeLimit(.minutes(10)))
struct DashboardServerTests {
  private func status(_ change: (inout WorkerStatus) -> Void = { _ in }) -> WorkerStatus {
    var status = WorkerStatus.starting
    status.isIntakeConnected = true
    status.isRelayConnected = true
    change(&status)
    return status
  }

  @Test("A worker is ready only with its connections, its consumers and its store")
  func readiness() {
    func isReady(_ status: WorkerStatus, _ actual: Int = 4) -> Bool {
      HealthReport(status, expectedConsumers: 4, actualConsumers: actual).isReady
    }
    #expect(isReady(status()))
    #expect(!isReady(status(), 3))
    #expect(isReady(status(), 5), "one is just being taken back")
    #expect(!isReady(status { $0.isRelayConnected = false }))
    #expect(!isReady(status { $0.isStoreReachable = false }))
    #expect(!isReady(status { $0.isDraining = true }))
    #expect(!isReady(status { $0.unroutable = "312 NO_ROUTE" }))
    #expect(!isReady(.starting))
  }

  @Test("A worker that stands still is not ready, and after a minute not alive either")
  func standingStill() {
    func report(after seconds: Int) -> HealthReport {
      HealthReport(
        status(), expectedConsumers: 4, actualConsumers: 4, age: .seconds(seconds))
    }
    #expect(report(after: 9).isReady && report(after: 9).isAlive)
    #expect(!report(after: 10).isReady && report(after: 10).isAlive)
    #expect(report(after: 10).checks[0].message == "the worker has stood still for 10 s")
    #expect(!report(after: 60).isAlive)
  }

  @Test("An address is an IPv4 address and a port")
  func addresses() {
    #expect(DashboardAddress("127.0.0.1:9470")?.port == 9470)
    for text in ["", "9470", "localhost:9470", "127.0.0.1", "127.0.0.1:99999", "1.2.3.4:5:6"] {
      #expect(DashboardAddress(text) == nil, "\(text)")
    }
  }

  @Test("Health, metrics and the API answer; what is not there is 404, what is not ready 503")
  func answers() async throws {
    let ready = Mutex(false)
    let age = Mutex(Duration.zero)
    let store = InMemoryStore()
    let port = try LocalPort.free()
    let server = DashboardServer(
      address: try #require(DashboardAddress("127.0.0.1:\(port)")), store: store,
      health: { [status = status()] in
        HealthReport(
          ready.withLock { $0 } ? status : .starting, expectedConsumers: 4, actualConsumers: 4,
          age: age.withLock { $0 })
      }, metrics: { "n 1\n" }, now: { Moment(millisecondsSinceEpoch: 0) })
    let running = Task { try await server.run() }
    defer { running.cancel() }
    #expect(try await get(port, "/health/live").body == "alive\n")
    age.withLock { $0 = .seconds(60) }
    let still = try await get(port, "/health/live")
    #expect(still.code == 503 && still.body == "the worker stands still\n")
    age.withLock { $0 = .zero }
    let unready = try await get(port, "/health/ready")
    #expect(unready.code == 503 && unready.body.contains("the consuming connection is lost"))
    ready.withLock { $0 = true }
    #expect(try await get(port, "/health/ready").code == 200)
    #expect(try await get(port, "/metrics").body == "n 1\n")
    #expect(try await get(port, "/api/statistics").body.contains("\"outboxMessages\":0"))
    #expect(try await get(port, "/api/resizes").body == "[]")
    #expect(try await get(port, "/api/resizes?state=failed&limit=5&attention=false").code == 200)
    for (query, says) in [
      ("state=done", "awaitingPayment"), ("limit=0", "1 to 1000"), ("attention=yes", "true or"),
    ] {
      let refused = try await get(port, "/api/resizes?\(query)")
      #expect(refused.code == 400 && refused.body.contains(says), "\(refused.body)")
    }
    #expect(try await get(port, "/").body.contains("/api/resizes/ID"))
    #expect(try await get(port, "/api/resizes/nobody").code == 404)
    #expect(try await get(port, "/elsewhere").code == 404)
  }

  @Test(
    "On an address of this machine alone, no page of a browser can read it by a name of its own")
  func hosts() async throws {
    let port = try LocalPort.free()
    let server = DashboardServer(
      address: try #require(DashboardAddress("127.0.0.1:\(port)")), store: InMemoryStore(),
      health: { HealthReport(.starting, expectedConsumers: 0, actualConsumers: 0) },
      metrics: { "" }, now: { Moment(millisecondsSinceEpoch: 0) })
    let running = Task { try await server.run() }
    defer { running.cancel() }
    for host in ["127.0.0.1:\(port)", "localhost", "LocalHost:1", "10.0.0.7", "[::1]:80"] {
      #expect(try await get(port, "/health/live", host: host).code == 200, "\(host)")
    }
    for host in ["evil.example", "localhost.evil.example:\(port)", "127.0.0.1.evil.example", "1"] {
      for path in ["/api/resizes", "/api/resizes/r-1", "/metrics", "/elsewhere"] {
        let refused = try await get(port, path, host: host)
        #expect(refused.code == 421 && refused.body.contains("localhost:\(port)"), "\(host)")
      }
    }
  }

  @Test("A graceful shutdown ends it without an error; an address that is taken is named")
  func stops() async throws {
    let port = try LocalPort.free()
    let address = try #require(DashboardAddress("127.0.0.1:\(port)"))
    let (announcements, announced) = AsyncStream.makeStream(of: Void.self)
    func server() -> DashboardServer {
      DashboardServer(
        address: address, store: InMemoryStore(),
        health: { HealthReport(.starting, expectedConsumers: 0, actualConsumers: 0) },
        metrics: { "" }, now: { Moment(millisecondsSinceEpoch: 0) },
        listening: { announced.yield() })
    }
    try await testGracefulShutdown { trigger in
      async let running: Void = server().run()
      _ = try await get(port, "/health/live")
      let error = await #expect(throws: DashboardError.self) { try await server().run() }
      #expect(
        error?.description == "Nothing can be answered over HTTP on 127.0.0.1:\(port): "
          + "another process listens there. Choose another port.")
      trigger.triggerGracefulShutdown()
      try await running
    }
    announced.finish()
    let count = await announcements.reduce(0) { count, _ in count + 1 }
    #expect(count == 1, "only who listens may say so")
  }

  @Test("A shutdown that comes before it listens ends it all the same")
  func stopsAtOnce() async throws {
    let port = try LocalPort.free()
    let server = DashboardServer(
      address: try #require(DashboardAddress("127.0.0.1:\(port)")), store: InMemoryStore(),
      health: { HealthReport(.starting, expectedConsumers: 0, actualConsumers: 0) },
      metrics: { "" }, now: { Moment(millisecondsSinceEpoch: 0) })
    for _ in 1...50 {
      try await testGracefulShutdown { trigger in
        trigger.triggerGracefulShutdown()
        try await server.run()
      }
    }
  }

  /// Asks until the server listens.
  private func get(
    _ port: UInt16, _ path: String, host: String? = nil
  ) async throws -> (code: Int, body: String) {
    var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)\(path)")))
    if let host { request.setValue(host, forHTTPHeaderField: "Host") }
    while true {
      if let (data, response) = try? await URLSession.shared.data(for: request) {
        let code = (response as? HTTPURLResponse)?.statusCode ?? 0
        return (code, String(decoding: data, as: UTF8.self))
      }
      // sound: nothing is told of a server before it listens; the suite's time limit ends the wait.
      try await Task.sleep(for: .milliseconds(10))
    }
  }
}
