import Resizing
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

  /// A worker whose first batch is committed; its answer is on the way to the broker if it is connected.
  private func afterBatch(
    isConnected: Bool = true, _ change: (inout WorkerSettings) -> Void = { _ in }
  ) -> WorkerCore {
    var core = core {
      ($0.batchInterval, $0.longestBatchInterval) = (4, 25)
      change(&$0)
    }
    if isConnected { _ = core.handle(.relay(.connected), now: Self.now) }
    _ = core.handle(.intake(.deliveries([request(1)])), now: Self.now)
    _ = core.handle(.loaded(Facts()), now: Self.now)
    let actions = core.handle(.committed(.committed), now: Self.now)
    #expect(actions.contains { if case .publish = $0 { true } else { false } } == isConnected)
    return core
  }

  private func later(_ milliseconds: Int64) -> Moment {
    Self.now.adding(milliseconds: milliseconds)
  }

  @Test("A batch that is not full waits until the broker has confirmed what was sent before")
  func confirmed() {
    var core = afterBatch()
    let early = core.handle(.intake(.deliveries([request(2)])), now: later(1))
    #expect(loads(early).isEmpty && early.contains(.wake(after: 3)))
    let unconfirmed = core.handle(.tick, now: later(4))
    #expect(loads(unconfirmed).isEmpty && unconfirmed.contains(.wake(after: 21)))
    #expect(core.patience == EventPatience(deliveries: 3, confirms: 1))
    let last = core.nextSequence - 1
    let due = core.handle(.relay(.confirmed([last])), now: later(9))
    #expect(loads(due).map(\.requestIds) == [["r-2"]])
  }

  @Test("It does not wait for the broker for longer than its bound, nor when it is full")
  func boundedWait() {
    var core = afterBatch()
    #expect(loads(core.handle(.intake(.deliveries([request(2)])), now: later(5))).isEmpty)
    #expect(loads(core.handle(.tick, now: later(24))).isEmpty)
    #expect(loads(core.handle(.tick, now: later(25))).count == 1)

    core = afterBatch()
    let full = (2...5).map { request($0) }
    #expect(loads(core.handle(.intake(.deliveries(full)), now: later(1))).count == 1)
  }

  @Test("It waits for no confirm that cannot come: without a broker, or while that blocks")
  func noBroker() {
    var core = afterBatch(isConnected: false)
    #expect(loads(core.handle(.intake(.deliveries([request(2)])), now: later(4))).count == 1)

    core = afterBatch()
    _ = core.handle(.relay(.blocked(reason: "disk")), now: later(1))
    #expect(loads(core.handle(.intake(.deliveries([request(2)])), now: later(4))).count == 1)

    core = afterBatch()
    let sent = core.nextSequence - 1
    _ = core.handle(.relay(.disconnected(unconfirmed: [sent], reason: "cut")), now: later(1))
    #expect(loads(core.handle(.intake(.deliveries([request(2)])), now: later(4))).count == 1)
  }

  @Test("It waits for no confirm where it would not be larger for it")
  func cannotGrow() {
    // On trial, alone.
    var core = afterBatch()
    let suspect = request(2, redelivered: true, deliveryCount: 5, isCounted: true)
    let trial = core.handle(.intake(.deliveries([suspect])), now: later(4))
    #expect(trial.contains { if case .beginTrial = $0 { true } else { false } })
    // As small as what came back often may be in.
    core = afterBatch()
    let often = request(2, redelivered: true, deliveryCount: 3, isCounted: true)
    #expect(loads(core.handle(.intake(.deliveries([often])), now: later(4))).count == 1)
    // Before what goes alone.
    core = afterBatch()
    #expect(
      loads(core.handle(.intake(.deliveries([request(2), suspect])), now: later(4))).count == 1)
    // Full by bytes: the next one does not fit.
    core = afterBatch { $0.batchBytes = 1 }
    #expect(
      loads(core.handle(.intake(.deliveries([request(2), request(3)])), now: later(4))).count == 1)
    // All that the broker hands out ahead.
    core = afterBatch { $0.prefetch = 2 }
    #expect(loads(core.handle(.intake(.deliveries([request(2)])), now: later(1))).isEmpty)
    #expect(loads(core.handle(.intake(.deliveries([request(3)])), now: later(2))).count == 1)
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
