import Contracts
import Resizing
import Storage
import Testing

@testable import Worker

// A store that fails, and how that shows.
extension WorkerCoreTests {
  private func at(_ milliseconds: Int64) -> Moment { Self.now.adding(milliseconds: milliseconds) }

  private func notices(_ actions: [WorkerAction]) -> [WorkerNotice] {
    actions.compactMap { if case .log(let notice) = $0 { notice } else { nil } }
  }

  /// A settlement that was delivered.
  private func settlement(_ tag: UInt64 = 1) -> IntakeDelivery {
    let body = """
      {"specversion":"1.0","id":"e-\(tag)","source":"/test","type":"payment.settled.v1",\
      "data":{"paymentId":"pay_r-1","requestId":"r-1","outcome":"succeeded",\
      "settled":{"currency":"USD","value":"1.00"}}}
      """
    return IntakeDelivery(queue: .settlements, tag: tag, epoch: 1, body: Array(body.utf8))
  }

  @Test("A store that answers heartbeats and takes no batch is asked less and less often")
  func storeBackOff() throws {
    var core = core { $0.heartbeatInterval = 500 }
    _ = core.handle(.heartbeatDone, now: Self.now)
    var now: Int64 = 0
    var waits: [Int64] = []
    for tag: UInt64 in 1...8 {
      _ = core.handle(.intake(.deliveries([request(tag)])), now: at(now))
      _ = core.handle(.loaded(Facts()), now: at(now))
      _ = core.handle(.storeFailed(StoreError(.denied, "no INSERT")), now: at(now))
      let wait = stride(from: Int64(500), through: 60_000, by: 500).first { wait in
        let due = core.handle(.tick, now: at(now + wait))
        return due.contains { if case .heartbeat = $0 { true } else { false } }
      }
      waits.append(try #require(wait))
      now += waits[waits.count - 1]
      // The first ends the failure and orders another.
      _ = core.handle(.heartbeatDone, now: at(now))
      #expect(core.handle(.switches(Switches()), now: at(now)).contains(.resumeIntake))
      _ = core.handle(.heartbeatDone, now: at(now))
    }
    #expect(waits == [1, 2, 4, 8, 16, 30, 30, 30].map { $0 * 1_000 })
    _ = core.handle(.intake(.deliveries([request(9)])), now: at(now))
    _ = core.handle(.loaded(Facts()), now: at(now))
    _ = core.handle(.committed(.committed), now: at(now))
    #expect(core.failuresInARow == 0)
  }

  @Test("Without any message, a store that does not answer heartbeats is told to be out of reach")
  func unreachableWhileIdle() {
    var core = core()
    #expect(core.status.isStoreReachable)
    _ = core.handle(.tick, now: Self.now)
    _ = core.handle(.dutyFailed(.heartbeat, StoreError(.unavailable, "gone")), now: Self.now)
    #expect(!core.status.isStoreReachable)
    _ = core.handle(.heartbeatDone, now: at(2_000))
    #expect(core.status.isStoreReachable)
  }

  @Test(
    "An adoption that is known to have failed costs the worker neither its name nor its messages")
  func failedAdoption() {
    var core = core()
    _ = core.handle(.tick, now: Self.now)
    let failed = core.handle(.dutyFailed(.adoption, StoreError(.locked, "held")), now: Self.now)
    #expect(!failed.contains(.retire(owner: "w1#1")))
  }

  @Test("While nothing can be adopted a worker keeps its name and what it holds, and says so once")
  func lastingAdoptionFailure() {
    var core = core()
    _ = core.handle(.tick, now: Self.now)
    let broken = StoreError(.corrupt, "malformed")
    let failed = core.handle(.dutyFailed(.adoption, broken), now: Self.now)
    #expect(failed.contains(.log(.dutyFailed(.adoption, "malformed"))))
    for second in 1...3 as ClosedRange<Int64> {
      let again = core.handle(.dutyFailed(.adoption, broken), now: at(second * 1_000))
      #expect(!again.contains { if case .log = $0 { true } else { false } })
      let some = core.handle(.adopted([], failure: broken), now: at(second * 1_000 + 500))
      #expect(!(failed + again + some).contains(.retire(owner: "w1#1")))
    }
    #expect(core.status.isStoreReachable)
    let back = core.handle(.adopted([]), now: at(5_000))
    #expect(back.contains(.log(.dutyBack(.adoption))))
    #expect(back.contains(.retire(owner: "w1#1")))
  }

  @Test(
    "A duty that the store does not do is told once, as is that it does it again",
    arguments: [WorkerDuty.timers, .switches, .heartbeat])
  func failingDuty(_ duty: WorkerDuty) {
    var core = core()
    _ = core.handle(.tick, now: Self.now)
    let error = StoreError(.refused, "cannot be read")
    let first = core.handle(.dutyFailed(duty, error), now: Self.now)
    #expect(first.contains(.log(.dutyFailed(duty, "cannot be read"))))
    #expect(core.status.failingDuties == [duty])
    #expect(!core.handle(.dutyFailed(duty, error), now: at(1)).contains(first[0]))
    let done: WorkerEvent =
      switch duty {
      case .timers: .timersClaimed([])
      case .switches: .switches(Switches())
      default: .heartbeatDone
      }
    #expect(core.handle(done, now: at(2)).contains(.log(.dutyBack(duty))))
    #expect(core.status.failingDuties.isEmpty)
  }

  @Test("A message whose trial the store refuses to note goes on alone, and stops nobody")
  func refusedTrial() {
    var core = core()
    let returned = request(1, redelivered: true, deliveryCount: 9, isCounted: true)
    _ = core.handle(.intake(.deliveries([returned])), now: Self.now)
    let failed = core.handle(.storeFailed(StoreError(.refused, "no such text")), now: Self.now)
    #expect(!failed.contains(.pauseIntake))
    #expect(loads(failed).map(\.requestIds) == [["r-1"]])
    #expect(commits(core.handle(.loaded(Facts()), now: Self.now)).map(\.trials) == [[]])
  }

  @Test("What a trial is called is text that any store takes, whatever its publisher called it")
  func trialName() {
    let odd = IntakeDelivery(
      queue: .requests, tag: 1, epoch: 1,
      messageId: "a\0b\u{301}\n" + String(repeating: "x", count: 999),
      body: [])
    #expect(odd.trialName.unicodeScalars.allSatisfy { (" "..."~").contains($0) })
    #expect(odd.trialName.hasPrefix("requests abxxx"))
    #expect(odd.trialName.utf8.count < 200)
  }

  @Test("A timer whose resize the store refuses is told, and is no message to be buried")
  func refusedTimer() {
    var core = core()
    _ = core.handle(.timersClaimed(["r-1"]), now: Self.now)
    _ = core.handle(.storeFailed(StoreError(.refused, "cannot be read")), now: Self.now)
    let told = notices(core.handle(.committed(.committed), now: Self.now))
    #expect(told == [.timerRefused(requestId: "r-1", reason: "cannot be read")])
  }

  @Test("A settlement that the store refuses goes to the dead letters, and ends nobody's resize")
  func refusedSettlement() {
    var core = core()
    _ = core.handle(.intake(.deliveries([settlement()])), now: Self.now)
    let changes = commits(
      core.handle(.storeFailed(StoreError(.refused, "no")), now: Self.now)
    ).first
    #expect(changes?.outbox.map(\.event.destination) == [.deadLetters])
  }

  @Test("A request that the store refuses is answered to its tenant")
  func refusedRequest() {
    var core = core()
    _ = core.handle(.intake(.deliveries([request(1)])), now: Self.now)
    let changes = commits(
      core.handle(.storeFailed(StoreError(.refused, "no")), now: Self.now)
    ).first
    #expect(changes?.outbox.map(\.event.routingKey).last == "t-1.rejected")
  }

  @Test("What went to the dead letters is told when it has gone there, and once")
  func toldWhenCommitted() {
    var core = core()
    let unreadable = IntakeDelivery(queue: .requests, tag: 1, epoch: 1, body: Array("{".utf8))
    _ = core.handle(.intake(.deliveries([unreadable])), now: Self.now)
    #expect(notices(core.handle(.loaded(Facts()), now: Self.now)).isEmpty)
    let again = core.handle(
      .committed(.conflict(requestIds: [], instanceIds: [])), now: Self.now)
    #expect(notices(again).isEmpty)
    _ = core.handle(.loaded(Facts()), now: Self.now)
    #expect(notices(core.handle(.committed(.committed), now: Self.now)).count == 1)
  }
}
