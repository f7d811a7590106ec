import Resizing
import Storage
import Testing

@testable import Worker

@Suite("The payments' breaker")
struct PaymentsBreakerTests {
  private static let start = Moment(millisecondsSinceEpoch: 1_000_000_000_000)
  private var breaker = PaymentsBreaker(
    BreakerSettings(
      window: 10_000, failurePercent: 50, minimumOutcomes: 4,
      openTime: BackOff(baseMilliseconds: 1_000, ceilingMilliseconds: 4_000),
      probeTimeout: 5_000))

  private func at(_ milliseconds: Int64) -> Moment { Self.start.adding(milliseconds: milliseconds) }

  private mutating func record(_ outcomes: [PaymentOutcome], at milliseconds: Int64 = 0) {
    for outcome in outcomes { breaker.record(outcome, at: at(milliseconds)) }
  }

  /// Moves as the store would, by this worker.
  @discardableResult
  private mutating func move(_ milliseconds: Int64, hasProbe: Bool = true) -> BreakerState? {
    guard var state = breaker.move(by: "w-1", hasProbe: hasProbe, at: at(milliseconds)) else {
      return nil
    }
    state.revision += 1
    breaker.follow(state, isOwnMove: true, at: at(milliseconds))
    return state
  }

  @Test("What was counted by a clock that was ahead slides out of the window as it would have")
  mutating func clockSetRight() {
    record([.answered, .answered, .answered, .answered], at: 3_600_000)
    breaker.clockSetBack(by: 3_600_000)
    #expect(breaker.counts(at: at(0)).answered == 4)
    record([.failed, .failed, .failed, .failed], at: 12_000)
    #expect(breaker.counts(at: at(12_000)) == OutcomeCounts(answered: 0, failed: 4))
  }

  @Test("Opens at the failure rate of the window, not below it and not before there is enough")
  mutating func opens() {
    record([.failed, .unanswered, .failed])
    #expect(move(0) == nil, "three are fewer than four")
    record([.answered, .answered, .answered, .answered])
    #expect(move(0) == nil, "three of seven are less than half")
    record([.failed])
    let opened = move(0)
    #expect(opened?.phase == .open)
    #expect(opened?.failed == 4 && opened?.outcomes == 8)
    #expect(opened?.until == at(1_000))
  }

  @Test("To decline is an answer: a service that declines everything does not open it")
  mutating func declined() {
    let entries = ["paymentDeclined", "refundDeclined", "paymentSucceeded"].map { event in
      TimelineEntry(requestId: "r", at: Self.start, event: event, state: .failed)
    }
    #expect(entries.map(\.paymentOutcome) == [.answered, .answered, .answered])
    record(Array(repeating: .answered, count: 100))
    #expect(move(0) == nil)
  }

  @Test("What is older than the window counts no more")
  mutating func slides() {
    record([.failed, .failed, .failed], at: 0)
    #expect(breaker.counts(at: at(9_000)) == OutcomeCounts(failed: 3))
    record([.failed], at: 11_000)
    #expect(breaker.counts(at: at(11_000)) == OutcomeCounts(failed: 1))
    #expect(move(11_000) == nil)
    #expect(breaker.counts(at: at(30_000)) == OutcomeCounts())
  }

  @Test("Half-open comes after the open time, and only with something to probe with")
  mutating func halfOpens() {
    record([.failed, .failed, .failed, .failed])
    move(0)
    #expect(move(999) == nil)
    #expect(move(1_000, hasProbe: false) == nil)
    let probing = move(1_000)
    #expect(probing?.phase == .halfOpen && probing?.worker == "w-1")
    #expect(probing?.until == at(6_000))
  }

  @Test("The answer to a probe closes it, and what failed before counts no more")
  mutating func closes() {
    record([.failed, .failed, .failed, .failed])
    move(0)
    move(1_000)
    record([.answered], at: 1_500)
    let closed = move(1_500)
    #expect(closed?.phase == .closed && closed?.openings == 0)
    #expect(breaker.counts(at: at(1_500)) == OutcomeCounts())
    #expect(move(1_500) == nil)
  }

  @Test("A probe that fails or is not answered opens it again, each time for twice as long")
  mutating func reopens() {
    record([.failed, .failed, .failed, .failed])
    move(0)
    move(1_000)
    record([.failed], at: 1_100)
    #expect(move(1_100)?.until == at(3_100), "two seconds")
    move(3_100)
    #expect(move(8_099) == nil)
    let silent = move(8_100)
    #expect(silent?.phase == .open && silent?.openings == 3)
    #expect(silent?.until == at(12_100), "four seconds")
    #expect(silent?.failed == 4 && silent?.outcomes == 4, "still what it was opened for")
    move(12_100)
    record([.failed], at: 12_200)
    #expect(move(12_200)?.until == at(16_200), "the longest")
  }

  @Test("An answer that another worker gets before it has read of the probe closes it as well")
  mutating func foreignProbe() {
    let open = BreakerState(phase: .open, since: at(0), until: at(1_000), openings: 1, revision: 1)
    breaker.follow(open, isOwnMove: false, at: at(0))
    record([.answered], at: 1_050)
    #expect(move(1_050, hasProbe: false) == nil, "it does not know yet of what")
    var probing = open
    probing.phase = .halfOpen
    probing.worker = "w-2"
    probing.until = at(6_000)
    probing.revision = 2
    breaker.follow(probing, isOwnMove: false, at: at(1_100))
    #expect(move(2_000, hasProbe: false)?.phase == .closed)
  }

  @Test("What was answered before a worker let its own probes through does not decide")
  mutating func staleEvidence() {
    record([.failed, .failed, .failed, .failed])
    move(0)
    record([.answered, .failed], at: 900)
    move(1_000)
    #expect(move(1_001) == nil)
  }

  @Test(
    "A worker whose clock is ten minutes ahead leaves an open breaker open for as long as others")
  mutating func clocksDiffer() {
    let ahead: Int64 = 600_000
    breaker.follow(BreakerState(), isOwnMove: false, at: at(ahead))
    let open = BreakerState(phase: .open, since: at(0), until: at(1_000), openings: 1, revision: 1)
    breaker.follow(open, isOwnMove: false, at: at(ahead + 100))
    #expect(move(ahead + 1_099) == nil)
    #expect(move(ahead + 1_100)?.phase == .halfOpen)
  }

  @Test("A clock that is set back ends no wait of the breaker, and makes none longer")
  mutating func clockSetBackWhileWaiting() {
    record([.failed, .failed, .failed, .failed])
    move(0)
    breaker.clockSetBack(by: 3_600_000)
    #expect(move(-3_600_000 + 999) == nil, "open")
    #expect(move(-3_600_000 + 1_000)?.phase == .halfOpen)
    breaker.clockSetBack(by: 3_600_000)
    #expect(move(-7_200_000 + 5_999) == nil, "the probes have their time")
    #expect(move(-7_200_000 + 6_000)?.phase == .open)
  }
}
