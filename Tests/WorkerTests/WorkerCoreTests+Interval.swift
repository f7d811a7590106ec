import Storage
import Testing

@testable import Worker

extension WorkerCoreTests {
  @Test("Batches keep their interval; an idle worker begins at once")
  func interval() {
    var core = core { $0.batchInterval = 4 }
    let first = core.handle(.intake(.deliveries([request(1)])), now: Self.now)
    #expect(loads(first).count == 1)
    _ = core.handle(.loaded(Facts()), now: Self.now)
    _ = core.handle(.committed(.committed), now: Self.now)
    let soon = Self.now.adding(milliseconds: 1)
    let early = core.handle(.intake(.deliveries([request(2)])), now: soon)
    #expect(loads(early).isEmpty && early.contains(.wake(after: 3)))
    let more = core.handle(.intake(.deliveries([request(3)])), now: soon)
    #expect(!more.contains(.wake(after: 3)), "one wake is enough")
    let due = core.handle(.tick, now: Self.now.adding(milliseconds: 4))
    #expect(loads(due).map(\.requestIds) == [["r-2", "r-3"]])
  }

  @Test("A full batch does not wait for its interval")
  func fullBatch() {
    var core = core { $0.batchInterval = 4 }
    _ = core.handle(.intake(.deliveries([request(1)])), now: Self.now)
    _ = core.handle(.loaded(Facts()), now: Self.now)
    _ = core.handle(.committed(.committed), now: Self.now)
    let full = core.handle(.intake(.deliveries((2...5).map { request($0) })), now: Self.now)
    #expect(loads(full).map(\.requestIds.count) == [4])
  }

  @Test("A clock that is set back holds no batch up")
  func clockSetBackBetweenBatches() {
    var core = core { $0.batchInterval = 4 }
    _ = core.handle(.intake(.deliveries([request(1)])), now: Self.now)
    _ = core.handle(.loaded(Facts()), now: Self.now)
    _ = core.handle(.committed(.committed), now: Self.now)
    let before = Self.now.adding(milliseconds: -3_600_000)
    #expect(loads(core.handle(.intake(.deliveries([request(2)])), now: before)).count == 1)
  }

  @Test("What came together is handled before the next batch is begun")
  func together() {
    var core = core()
    _ = core.handle(.intake(.deliveries([request(1)])), now: Self.now)
    _ = core.handle(.loaded(Facts()), now: Self.now)
    let actions = core.handle(
      [
        .intake(.deliveries([request(2)])), .committed(.committed),
        .intake(.deliveries([request(3)])),
      ], now: Self.now)
    #expect(acknowledged(actions) == [1])
    #expect(loads(actions).map(\.requestIds) == [["r-2", "r-3"]])
  }
}
