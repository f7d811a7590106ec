import BrokerFixture
import Contracts
import Foundation
import Resizing
import ScriptFixture
import Testing

@testable import resize_worker

@Suite("bench", .takesTurns, .timeLimit(.minutes(15)))
struct BenchTests {
  private func verdict(
    broker: Double, disk: Double, busy: Double? = 0.5
  ) -> BenchVerdict {
    BenchVerdict(
      whole: 1_000, withoutBroker: 1_000 * broker, withoutDisk: 1_000 * disk, busyShare: busy,
      ownShare: 0.4)
  }

  @Test("the limit is what is gained most without, but the processor if none of it is left")
  func limits() {
    #expect(verdict(broker: 2, disk: 1.2).limit == .broker)
    #expect(verdict(broker: 1.3, disk: 3).limit == .disk)
    #expect(verdict(broker: 1.1, disk: 1.05).limit == .balanced)
    #expect(verdict(broker: 3, disk: 3, busy: 0.97).limit == .processor)
    #expect(verdict(broker: 2, disk: 1, busy: nil).limit == .broker)
    #expect(verdict(broker: 2, disk: 1.2).explanation.contains("without the broker 2.00 times"))
  }

  @Test(
    "a request is padded to the size asked for, and still read; a shorter size leaves it as it is",
    arguments: [0, 600, 4_096])
  func padding(_ size: Int) throws {
    let workload = try BenchWorkload(run: "test", count: 1, messageSize: size, now: .now)
    let body = try #require(workload.messages.first?.body)
    #expect(size == 0 ? body.count < 600 : body.count == size)
    guard case .requested(let request, _) = try IncomingMessage.decode(body).input else {
      Issue.record("it is no request")
      return
    }
    #expect(request.instanceId == workload.instances.first?.instance.instanceId)
  }

  @Test("bench measures on the broker and the disk of the installation, and leaves nothing there")
  func leavesNothing() async throws {
    let installation = try await Installation()
    let ending = try await installation.run("bench", "--requests", "200", "--json")
    #expect(ending.status == 0, "\(ending.errors)")
    let report = try JSONParser.parse(Array(ending.output.utf8))
    for run in ["whole", "withoutBroker", "withoutDisk"] {
      #expect(try #require(report[run]?["requestsPerSecond"]?.integer) > 0)
    }
    #expect(report["limit"]?.text.flatMap(BenchVerdict.Limit.init) != nil)
    let files = try FileManager.default.contentsOfDirectory(atPath: installation.folder.path)
    #expect(files == ["catalog.yaml"])
    let queues = try await PrivateBroker.shared().control("list_queues", "name")
    #expect(!queues.contains(installation.names.prefix))
  }

  @Test("that nobody answers bench's payments in the installation's time is no failure of them")
  func noTimeouts() async throws {
    let installation = try await Installation()
    let ending = try await Program.run(
      arguments: ["bench", "--requests", "2000"],
      environment: installation.environment.merging(["RESIZE_WORKER_PAYMENTS_TIMEOUT": "100ms"]) {
        $1
      })
    #expect(ending.status == 0, "\(ending.errors)")
    #expect(!ending.errors.contains("breaker"), "\(ending.errors)")
  }

  @Test("bench says what is wrong with its numbers")
  func wrongNumbers() async throws {
    let ending = try await Program.run("bench", "--requests", "5")
    #expect(ending.status == 2)
    #expect(ending.errors.contains("--requests should be 100 to 1000000"))
  }
}
