import AMQP
import Foundation
import Testing

extension EndToEnd {
  @Suite("Faults around a worker")
  struct FaultTests {
    @Test("a locked file pauses consuming with a clear line; it goes on by itself, nothing is lost")
    func lockedFile() async throws {
      let site = try await Site(instances: (0..<20).map { .prepaid("ins-\($0)") })
      var witness = try await site.witness()
      let worker = try site.worker()
      try await site.send(.request("before", "ins-0"))
      _ = try await witness.status(of: "before", "awaitingPayment")
      let file = site.folder.path + "/store.sqlite"
      let lock = try await FileLock(file, "BEGIN IMMEDIATE")
      try await site.send((1..<20).map { .request("r-\($0)", "ins-\($0)") })
      try await #require(eventually { worker.log().contains("consuming is paused") })
      let line = worker.log().split(separator: "\n").first { $0.contains("consuming is paused") }
      #expect(line?.contains(file) == true && line?.contains("locked by another process") == true)
      try await lock.release()
      for index in 1..<20 { _ = try await witness.status(of: "r-\(index)", "awaitingPayment") }
      #expect(worker.log().contains("the store answers again"))
      try await #require(site.outboxIsEmpty())
      #expect(try site.count("SELECT count(*) FROM resizes") == 20)
      #expect(witness.deadLetters.isEmpty)
      await stop(worker)
    }

    @Test(
      "told to stop while the file is locked, it ends in order; the next one takes what is left")
    func stoppedWhileLocked() async throws {
      let site = try await Site(["worker.grace": "1s"])
      var witness = try await site.witness()
      let worker = try site.worker("w1")
      try await #require(eventually { worker.log().contains("consuming") })
      let lock = try await FileLock(site.folder.path + "/store.sqlite", "BEGIN IMMEDIATE")
      try await site.send(.request("up", "ins-1"))
      try await #require(eventually { worker.log().contains("consuming is paused") })
      await stop(worker)
      try await lock.release()
      let next = try site.worker("w2")
      _ = try await witness.asked("payment", of: "up")
      await stop(next)
    }

    @Test("a file that is locked while there is nothing to do is told of, too")
    func lockedWhileIdle() async throws {
      let site = try await Site()
      let worker = try site.worker()
      try await #require(eventually { worker.log().contains("consuming") })
      let lock = try await FileLock(site.folder.path + "/store.sqlite", "BEGIN IMMEDIATE")
      try await #require(eventually { worker.log().contains("locked by another process") })
      try await lock.release()
      await stop(worker)
    }

    @Test("payments that reach no queue stay in the outbox, with an alarm, until topology apply")
    func unroutable() async throws {
      let site = try await Site()
      let reply = site.names.prefix + ".mine"
      try await site.client.declare(Topology(queues: [Topology.Queue(name: reply)]))
      var mine = try await Witness(queue: reply, site.names, at: site.address)
      let worker = try site.worker()
      try await #require(eventually { worker.log().contains("consuming") })
      try await site.client.delete(queue: site.names.payments)
      var request = Message.request("up", "ins-1")
      request.properties.replyTo = reply
      try await site.send(request)
      _ = try await mine.status(of: "up", "awaitingPayment")
      try await #require(eventually { worker.log().contains("cannot be routed") })
      #expect(worker.log().contains("topology apply"))
      // The status has left; the payment event stays.
      try await #require(eventually { try site.unsent() == 1 })
      try await site.run("topology", "apply")
      try await #require(eventually { try site.unsent() == 0 })
      let sandbox = try site.start("sandbox")
      _ = try await mine.status(of: "up", "completed")
      await stop(worker, sandbox)
    }

    @Test("paused payments leave no worker, not even one that has just started; resumed, they do")
    func pausedPayments() async throws {
      let site = try await Site(instances: (0..<50).map { .prepaid("ins-\($0)") })
      var witness = try await site.witness()
      try await site.run("payments", "pause")
      try await site.send((0..<50).map { .request("r-\($0)", "ins-\($0)") })
      for name in ["w1", "w2"] {
        let worker = try site.worker(name)
        try await #require(eventually { worker.log().contains("consuming") })
        try await witness.until("50 quotes") { $0.count { $0.status == "awaitingPayment" } >= 50 }
        await stop(worker)
        let depth = try await site.client.depths(of: [site.names.payments]).first?.messageCount
        #expect(depth == 0, "\(name) has sent payments")
        #expect(try site.unsent() == 50, "\(name)")
      }
      let worker = try site.worker("w3")
      try await site.run("payments", "resume")
      let sandbox = try site.start("sandbox")
      for index in 0..<50 { _ = try await witness.status(of: "r-\(index)", "completed") }
      #expect(witness.seen.count { $0.type == "payment.requested.v1" } == 50)
      await stop(worker, sandbox)
    }

    @Test("the README's payment service in Python settles charges and refunds")
    func pythonClient() async throws {
      let site = try await Site(instances: [.prepaid("ins-1"), .prepaid("ins-2", spec: "plus")])
      var witness = try await site.witness()
      let worker = try site.worker()
      let service = try ServerProcess(
        "/usr/bin/python3",
        [
          Package.path + "/ops/clients/payment_service.py",
          try #require(site.environment["RESIZE_WORKER_BROKER_URL"]), site.names.prefix,
        ], environment: ["PATH": "/usr/bin:/bin"])
      try await site.send(.request("up", "ins-1"), .request("down", "ins-2", spec: "basic"))
      try await #require(
        eventually { try !service.isRunning || site.count(Self.completed) == 2 })
      #expect(service.isRunning, "\(service.log())")
      _ = try await witness.status(of: "up", "completed")
      _ = try await witness.status(of: "down", "completed")
      #expect(witness.deadLetters.isEmpty)
      await stop(worker)
    }

    private static let completed = "SELECT count(*) FROM resizes WHERE state = 'completed'"
  }
}
