import Storage
import Testing

@testable import Worker

extension WorkerCoreTests {
  private func trials(_ actions: [WorkerAction]) -> [String] {
    actions.compactMap { if case .beginTrial(let message, "w1#1") = $0 { message } else { nil } }
  }

  private func returned(_ tag: UInt64, _ deliveryCount: Int) -> IntakeDelivery {
    request(tag, redelivered: true, deliveryCount: deliveryCount, isCounted: true)
  }

  @Test(
    "What came back often is noted before it is read, and goes alone", arguments: [5, 25, 5_000])
  func trial(deliveryCount: Int) throws {
    var core = core()
    let all = [request(1), returned(2, deliveryCount), request(3)]
    let first = core.handle(.intake(.deliveries(all)), now: Self.now)
    #expect(loads(first).map(\.requestIds) == [["r-1"]])
    _ = core.handle(.loaded(Facts()), now: Self.now)
    let begun = core.handle(.committed(.committed), now: Self.now)
    let name = try #require(trials(begun).first)
    #expect(loads(begun).isEmpty)
    // However often it was delivered, nobody ended with it: it is a message like any other.
    #expect(loads(core.handle(.trialBegun(count: 1), now: Self.now)).map(\.requestIds) == [["r-2"]])
    let committed = core.handle(.loaded(Facts()), now: Self.now)
    #expect(commits(committed).map(\.trials) == [[name]])
    #expect(commits(committed).first?.resizes.map(\.requestId) == ["r-2"])
    let rest = core.handle(.committed(.committed), now: Self.now)
    #expect(acknowledged(rest) == [2])
    #expect(loads(rest).map(\.requestIds) == [["r-3"]])
  }

  @Test(
    "Where the broker does not count, what comes again is noted; what was only handed back is not")
  func uncounted() {
    var core = core()
    let actions = core.handle(
      .intake(.deliveries([request(1, redelivered: true), request(2)])), now: Self.now)
    #expect(trials(actions).count == 1 && loads(actions).isEmpty)
    var other = self.core()
    let together = other.handle(.intake(.deliveries([returned(1, 0), request(2)])), now: Self.now)
    #expect(loads(together).map(\.requestIds) == [["r-1", "r-2"]])
  }

  @Test(
    "A message that has ended too many workers is not read but goes to the dead letters",
    arguments: [(6, ["CrashLimit", "rejected"]), (7, ["CrashLimit"])])
  func poison(begun: Int, told: [String]) throws {
    var core = core { $0.crashLimit = 5 }
    let poison = returned(1, 5)
    let name = try #require(
      trials(core.handle(.intake(.deliveries([poison])), now: Self.now)).first)
    let loaded = core.handle(.trialBegun(count: begun), now: Self.now)
    #expect(loads(loaded) == [FactKeys()])
    let changes = try #require(commits(core.handle(.loaded(Facts()), now: Self.now)).first)
    let letter = try #require(changes.outbox.first?.event)
    #expect(letter.destination == .deadLetters)
    #expect(letter.headers.first?.value == "CrashLimit")
    #expect(letter.body == poison.body)
    // Where even looking for whom to tell has ended a worker, nobody is told.
    #expect(changes.outbox.count == told.count)
    #expect(changes.trials == [name])
  }

  @Test("One that has ended as many workers as may be is given one more chance")
  func lastChance() {
    var core = core { $0.crashLimit = 5 }
    _ = core.handle(.intake(.deliveries([returned(1, 9)])), now: Self.now)
    #expect(loads(core.handle(.trialBegun(count: 5), now: Self.now)).map(\.requestIds) == [["r-1"]])
  }

  @Test("A store that does not take the note pauses intake; nothing was looked into")
  func storeAway() {
    var core = core()
    _ = core.handle(.intake(.deliveries([returned(1, 9)])), now: Self.now)
    let failed = core.handle(.storeFailed(StoreError(.unavailable, "away")), now: Self.now)
    #expect(failed.contains(.pauseIntake) && loads(failed).isEmpty)
    #expect(loads(core.handle(.trialBegun(count: 1), now: Self.now)).isEmpty)
  }
}
