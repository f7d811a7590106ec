import Billing
import Contracts
import Resizing
import Storage
import Testing

@testable import Worker

@Suite("Requests that are not taken")
struct RequestsHoldTests {
  private static let start = Moment(Instant(rfc3339: "2025-04-11T00:00:00Z")!)

  private func at(_ milliseconds: Int64) -> Moment { Self.start.adding(milliseconds: milliseconds) }

  private func core(outboxBytes: Int = 64 << 20) -> WorkerCore {
    var core = WorkerCore(
      settings: WorkerSettings(
        name: "w1", run: "1", batchLimit: 8, batchInterval: 0, longestBatchInterval: 0,
        outboxLimit: 4, outboxBytes: outboxBytes),
      machine: ResizeMachine(
        rules: ResizeRules(),
        catalogs: CatalogHistory([
          Catalog(name: "empty", currency: Currency(code: "USD")!, products: [:])
        ])),
      translator: MessageTranslator(encoder: OutgoingEventEncoder(), names: ChannelNames()),
      now: Self.start)
    _ = core.handle(.relay(.connected), now: Self.start)
    _ = core.handle(.switches(Switches()), now: Self.start)
    return core
  }

  /// Takes the outbox rows of a dead worker: the shortest way to a full outbox.
  private func fill(
    _ core: inout WorkerCore, _ sequences: ClosedRange<Int64>, bodies: Int = 0, at now: Moment
  ) {
    let messages = sequences.map { sequence in
      OutboxMessage(
        owner: "w1#1", sequence: sequence, createdAt: Self.start,
        event: OutgoingEvent(
          destination: .payments, routingKey: "payment.requested", id: "m\(sequence)",
          type: EventType.paymentRequested.rawValue, body: Array(repeating: 0, count: bodies)))
    }
    _ = core.handle(.adopted(messages), now: now)
  }

  private func message(_ tag: UInt64, _ queue: IntakeQueue) -> IntakeDelivery {
    IntakeDelivery(queue: queue, tag: tag, epoch: 1, body: [])
  }

  private func isLoading(_ actions: [WorkerAction]) -> Bool {
    actions.contains { if case .load = $0 { true } else { false } }
  }

  @Test("An outbox that stays full stops requests, and says why; half empty it takes them again")
  func full() {
    var core = core()
    fill(&core, 1...4, at: at(0))
    let returned = core.handle(
      .relay(.returned([1, 2, 3, 4], reason: "312 NO_ROUTE")), now: at(500))
    #expect(!returned.contains(.holdRequests), "a moment's fullness is back pressure only")
    let held = core.handle(.tick, now: at(41_000))
    #expect(held.contains(.holdRequests))
    #expect(
      core.status.requestsHoldReason
        == "the outbox holds 4 undelivered messages, the oldest for 41 s: "
        + "exchange resize.payments has no queue for payment.requested")
    #expect(core.status.unroutableMessages + core.status.unconfirmedMessages >= 4)
    #expect(!core.handle(.relay(.confirmed([1])), now: at(42_000)).contains(.takeRequests))
    #expect(core.handle(.relay(.confirmed([2])), now: at(43_000)).contains(.takeRequests))
    #expect(core.status.requestsHold == nil)
  }

  @Test("Few messages fill the outbox, too, where they are long; twice as much stops everything")
  func long() {
    func core() -> WorkerCore { self.core(outboxBytes: 2 << 20) }
    var full = core()
    fill(&full, 1...2, bodies: 1 << 20, at: at(0))
    #expect(!isLoading(full.handle(.intake(.deliveries([message(1, .requests)])), now: at(10))))
    let held = full.handle(.tick, now: at(2_000))
    #expect(held.contains(.holdRequests) && isLoading(held), "what is there goes on")
    #expect(
      full.status.requestsHoldReason?.hasPrefix(
        "the outbox holds 2 undelivered messages, 2 MiB of them this worker's, ") == true)
    #expect(full.handle(.relay(.confirmed([1, 2])), now: at(3_000)).contains(.takeRequests))
    var twice = core()
    fill(&twice, 1...2, bodies: 2 << 20, at: at(0))
    _ = twice.handle(.intake(.deliveries([message(1, .settlements)])), now: at(10))
    let stopped = twice.handle(.tick, now: at(2_000))
    #expect(stopped.contains(.holdRequests) && !isLoading(stopped))
    #expect(isLoading(twice.handle(.relay(.confirmed([1])), now: at(3_000))))
  }

  @Test("While long messages fill the outbox no dead worker's are added to them")
  func adoption() {
    var core = core(outboxBytes: 20_000)
    _ = core.handle(.adopted([]), now: at(0))
    func adopts(at milliseconds: Int64) -> Bool {
      core.handle(.tick, now: at(milliseconds)).contains {
        if case .adopt = $0 { true } else { false }
      }
    }
    #expect(adopts(at: 60_000))
    fill(&core, 1...2, bodies: 10_000, at: at(60_001))
    #expect(!adopts(at: 120_000))
    _ = core.handle(.relay(.confirmed([1])), now: at(120_001))
    #expect(adopts(at: 180_000))
  }

  @Test("The bound is for all workers: each fills an equal share, and none takes requests above it")
  func shared() throws {
    var core = core()
    func shared(_ messages: Int, _ workers: Int) -> WorkerEvent {
      .switches(Switches(outbox: SharedOutbox(messages: messages, workers: workers)))
    }
    _ = core.handle(shared(0, 2), now: at(0))
    fill(&core, 1...2, at: at(0))
    #expect(!isLoading(core.handle(.intake(.deliveries([message(1, .requests)])), now: at(1))))
    #expect(isLoading(core.handle(.relay(.confirmed([1, 2])), now: at(2))))
    _ = core.handle(.loaded(Facts()), now: at(3))
    _ = core.handle(.committed(.committed), now: at(4))
    _ = core.handle(.relay(.confirmed(Array(1...9))), now: at(5))
    _ = core.handle(shared(7, 3), now: at(2_000))
    #expect(core.handle(.tick, now: at(3_000)).contains(.holdRequests))
    _ = core.handle(.committed(.committed), now: at(3_000))
    #expect(core.status.sharedOutboxMessages == 7)
    let reason = try #require(core.status.requestsHoldReason)
    #expect(reason.contains("undelivered messages of 3 workers"), "\(reason)")
    #expect(reason.hasSuffix("none of them is this worker's, so look at the others"), "\(reason)")
    #expect(
      isLoading(core.handle(.intake(.deliveries([message(2, .settlements)])), now: at(3_001))))
    _ = core.handle(.loaded(Facts()), now: at(3_002))
    _ = core.handle(.committed(.committed), now: at(3_003))
    #expect(!core.handle(shared(3, 3), now: at(4_000)).contains(.takeRequests))
    #expect(core.handle(.relay(.confirmed(Array(1...20))), now: at(4_001)).contains(.takeRequests))
  }

  @Test("Fullness for a moment makes batches wait and leaves the queue subscribed")
  func backPressure() {
    var core = core()
    fill(&core, 1...4, at: at(0))
    #expect(!isLoading(core.handle(.intake(.deliveries([message(1, .requests)])), now: at(10))))
    let confirmed = core.handle(.relay(.confirmed([1, 2])), now: at(500))
    #expect(isLoading(confirmed) && !confirmed.contains(.holdRequests))
  }

  @Test("While requests are held settlements are taken, up to twice the bound")
  func settlementsGoOn() {
    var core = core()
    fill(&core, 1...4, at: at(0))
    _ = core.handle(.tick, now: at(1_000))
    #expect(core.status.requestsHold == .outboxFull)
    #expect(
      isLoading(core.handle(.intake(.deliveries([message(1, .settlements)])), now: at(1_001))))
    _ = core.handle(.loaded(Facts()), now: at(1_002))
    _ = core.handle(.committed(.committed), now: at(1_003))
    fill(&core, 5...8, at: at(1_004))
    #expect(
      !isLoading(core.handle(.intake(.deliveries([message(2, .settlements)])), now: at(1_005))))
  }

  @Test("Payments that are held count for requests, but never keep settlements from being taken")
  func heldPayments() {
    var core = core()
    _ = core.handle(
      .switches(Switches(payments: SwitchPosition(isPaused: true))), now: at(0))
    fill(&core, 1...20, at: at(0))
    let held = core.handle(.tick, now: at(2_000))
    #expect(held.contains(.holdRequests))
    #expect(core.status.requestsHoldReason?.hasSuffix("payments are paused") == true)
    #expect(
      isLoading(core.handle(.intake(.deliveries([message(1, .settlements)])), now: at(2_001))))
  }

  @Test("An alarm of the broker stops requests at once, and its end takes them again")
  func alarm() {
    var core = core()
    let blocked = core.handle(.relay(.blocked(reason: "low on memory")), now: at(0))
    #expect(blocked.contains(.holdRequests))
    #expect(core.status.requestsHoldReason == "the broker takes no messages: low on memory")
    #expect(core.handle(.relay(.unblocked), now: at(1)).contains(.takeRequests))
  }

  @Test(
    "Nothing is taken before the worker has read whether intake is paused",
    arguments: [false, true])
  func unknown(isPaused: Bool) {
    let intake = SwitchPosition(isPaused: isPaused, changedBy: "ann@desk", changedAt: at(0))
    let joined = core()
    var core = WorkerCore(
      settings: WorkerSettings(name: "w1", run: "1"), machine: joined.decider.machine,
      translator: joined.decider.translator, now: Self.start)
    let begun = core.handle(.tick, now: at(0))
    #expect(begun.contains(.readSwitches) && !begun.contains(.resumeIntake))
    let read = core.handle(.switches(Switches(intake: intake)), now: at(1))
    let orders = read.filter { [.holdRequests, .resumeIntake].contains($0) }
    #expect(orders == (isPaused ? [.holdRequests, .resumeIntake] : [.resumeIntake]))
    #expect(!core.handle(.tick, now: at(2)).contains(.resumeIntake))
  }

  @Test("After a failure of the store nothing is taken before it has told whether intake is paused")
  func storeFailed() {
    var core = core()
    _ = core.handle(.heartbeatDone, now: at(0))
    _ = core.handle(.intake(.deliveries([message(1, .settlements)])), now: at(1))
    _ = core.handle(.storeFailed(StoreError(.unavailable, "gone")), now: at(1))
    _ = core.handle(.tick, now: at(60_000))
    #expect(!core.handle(.heartbeatDone, now: at(60_000)).contains(.resumeIntake))
    let intake = SwitchPosition(isPaused: true, changedBy: "ann@desk", changedAt: at(0))
    let read = core.handle(.switches(Switches(intake: intake)), now: at(60_001))
    #expect(
      read.filter { [.holdRequests, .resumeIntake].contains($0) } == [.holdRequests, .resumeIntake])
  }

  @Test("The operators' switch stops requests only, and says who has set it")
  func paused() {
    var core = core()
    let intake = SwitchPosition(isPaused: true, changedBy: "ann@desk", changedAt: at(0))
    #expect(core.handle(.switches(Switches(intake: intake)), now: at(0)).contains(.holdRequests))
    #expect(
      core.status.requestsHoldReason
        == "intake is paused by ann@desk since 2025-04-11T00:00:00Z; "
        + "`resize-worker intake resume` goes on")
    #expect(isLoading(core.handle(.intake(.deliveries([message(1, .settlements)])), now: at(1))))
    #expect(core.handle(.switches(Switches()), now: at(2)).contains(.takeRequests))
  }

  @Test("A message that no queue takes is tried again ever less often, and each time is counted")
  func unroutable() {
    var relay = OutboxRelay(
      retryBackOff: BackOff(baseMilliseconds: 1_000, ceilingMilliseconds: 30_000))
    _ = relay.connected()
    _ = relay.setPayments(.flowing, probes: 0)
    let message = OutboxMessage(
      owner: "w1#1", sequence: 1, createdAt: Self.start,
      event: OutgoingEvent(
        destination: .payments, routingKey: "k", id: "m", type: "t", body: []))
    _ = relay.add([message])
    var now = Self.start
    var tries = 0
    for _ in 0..<400 {
      relay.refuse([1], at: now, unroutable: "312 NO_ROUTE")
      #expect(relay.unroutableMessages == 1 && !relay.canDeliverPayments)
      while relay.retry(at: now).isEmpty { now = now.adding(milliseconds: 250) }
      tries += 1
      #expect(!relay.canDeliverPayments, "not before the broker has confirmed one")
    }
    let seconds = (now.millisecondsSinceEpoch - Self.start.millisecondsSinceEpoch) / 1_000
    #expect((4_000...8_000).contains(seconds), "400 tries, on average 15 s apart: \(seconds) s")
    relay.confirm([1])
    #expect(relay.unroutable == nil && relay.canDeliverPayments && relay.backlog == 0)
  }
}
