import AMQP
import Contracts
import Logging
import StorageConformance
import Synchronization
import Testing
import Worker

@testable import resize_worker

@Suite("What a worker publishes")
struct BrokerRelayTests {
  @Test("A batch for which there is no room comes back to the worker, which tries it again")
  func noRoom() throws {
    // Never started: whatever it takes stays in its queue.
    let publisher = try BrokerPublisher(
      at: BrokerAddress(url: "amqp://127.0.0.1:1"), settings: ConnectionSettings(name: "relay"),
      queueCapacity: 4)
    let nacked = Mutex<[Int64]>([])
    let relay = BrokerRelay(
      publisher: publisher, names: ChannelNames(prefix: "p"), appID: "w",
      logger: Logger(label: "relay", factory: { _ in SwiftLogNoOpLogHandler() }),
      take: { event in
        guard case .nacked(let sequences) = event else { return }
        nacked.withLock { $0 += sequences }
      })
    relay.publish((1...3).map { Sample.message("w", $0) })
    #expect(nacked.withLock { $0 } == [])
    relay.publish((4...6).map { Sample.message("w", $0) })
    #expect(nacked.withLock { $0 } == [4, 5, 6])
  }
}
