import Contracts
import Foundation
import ScriptFixture
import Testing

@testable import resize_worker

extension EndToEnd {
  @Suite("A worker and those who ask it over HTTP")
  struct DashboardTests {
    /// Connections that ask nothing.
    private final class Crowd {
      private var descriptors: [Int32] = []

      func join(_ port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return }
        descriptors.append(descriptor)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = port.bigEndian
        _ = withUnsafePointer(to: &address) { pointer in
          pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
          }
        }
      }

      func leave() {
        for descriptor in descriptors { close(descriptor) }
        descriptors = []
      }

      deinit { leave() }
    }

    @Test("more connections than it may have open do not end it, and it answers when they are gone")
    func crowd() async throws {
      let port = try LocalPort.free()
      let site = try await Site(["worker.http": "127.0.0.1:\(port)"])
      let worker = try ServerProcess(
        "/bin/sh", ["-c", #"ulimit -n 128; exec "$0" run"#, Package.program],
        environment: site.environment)
      _ = try await answer(port, "/health/ready") { $0.contains(#""ready":true"#) }
      let crowd = Crowd()
      try await #require(
        eventually {
          for _ in 1...10 { crowd.join(port) }
          return !worker.isRunning || worker.log().contains("over HTTP for now")
        })
      crowd.leave()
      try #require(worker.isRunning, "\(worker.log())")
      #expect(worker.log().contains("warning  nothing is answered over HTTP for now"))
      _ = try await answer(port, "/health/live") { $0 == "alive\n" }
      var witness = try await site.witness()
      try await site.send(.request("quoted", "ins-1", more: #", "dryRun": true"#))
      _ = try await witness.status(of: "quoted", "quoted")
      await stop(worker)
    }

    @Test("a worker may have as many connections open as the system lets it")
    func limit() async throws {
      let port = try LocalPort.free()
      let site = try await Site(["worker.http": "127.0.0.1:\(port)"])
      let worker = try ServerProcess(
        "/bin/sh", ["-c", #"ulimit -S -n 256; exec "$0" run"#, Package.program],
        environment: site.environment)
      _ = try await answer(port, "/health/live") { !$0.isEmpty }
      let limits = try String(contentsOfFile: "/proc/\(worker.pid)/limits", encoding: .utf8)
      let line = try #require(
        limits.split(separator: "\n").first { $0.hasPrefix("Max open files") })
      let numbers = line.split(separator: " ").compactMap { Int($0) }
      #expect(numbers.count == 2 && numbers[0] == min(numbers[1], 65_536), "\(line)")
      await stop(worker)
    }

    @Test("alerts speak only of metrics, and of their labels, that a worker has")
    func alerts() async throws {
      let port = try LocalPort.free()
      let site = try await Site(["worker.http": "127.0.0.1:\(port)"])
      let worker = try site.worker()
      let metrics = try await answer(port, "/metrics") { $0.contains("resize_worker_up") }.body
      let rules = try String(
        contentsOfFile: Package.path + "/ops/prometheus/alerts.yaml", encoding: .utf8)
      let selectors = rules.matches(of: /(resize_worker_[a-z_]+)(?:\{([a-z]+)!?="(\w+)"\})?/)
      #expect(selectors.count > 10)
      for selector in selectors {
        let (text, name, label, value) = selector.output
        let series = metrics.split(separator: "\n").filter { $0.hasPrefix(name) }
        #expect(!series.isEmpty, "\(text)")
        guard let label, let value else { continue }
        #expect(series.contains { $0.contains("\(label)=\"\(value)\"") }, "\(text)")
      }
      await stop(worker)
    }

    @Test("while a worker comes to its end it says over HTTP that it does")
    func draining() async throws {
      let port = try LocalPort.free()
      let site = try await Site(["worker.http": "127.0.0.1:\(port)", "worker.grace": "10m"])
      let worker = try site.worker()
      _ = try await answer(port, "/health/ready") { $0.contains(#""ready":true"#) }
      let lock = try await FileLock(site.folder.path + "/store.sqlite", "BEGIN IMMEDIATE")
      try await site.send(.request("up", "ins-1"))
      try await #require(
        eventually {
          try await site.client.depths(of: [site.names.requests]).first?.messageCount == 0
        })
      worker.terminate()
      let told = try await answer(port, "/health/ready") {
        !worker.isRunning || $0.contains("the worker is stopping")
      }
      #expect(told.code == 503)
      try await lock.release()
      #expect(await worker.ending() == .exit(0), "\(worker.log())")
    }

    @Test(
      "a resize is found under its id, whatever characters that has",
      arguments: [
        "acme/2026/17", "a b?c=%2F&d", "a//b", "../metrics",
      ])
    func ids(_ id: String) async throws {
      let port = try LocalPort.free()
      let site = try await Site(["worker.http": "127.0.0.1:\(port)"])
      let worker = try site.worker()
      var witness = try await site.witness()
      try await site.send(.request(id, "ins-1", more: #", "dryRun": true"#))
      _ = try await witness.status(of: id, "quoted")
      let name = try #require(id.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
      let found = try await answer(port, "/api/resizes/" + name) { !$0.isEmpty }
      #expect(found.code == 200)
      let json = try JSONParser.parse(Array(found.body.utf8))
      #expect(json["requestId"]?.text == id)
      await stop(worker)
    }
  }
}
