import Billing
import Contracts
import Resizing
import Storage
import Testing

@testable import Worker

@Suite("Payments that are held")
struct PaymentsFlowTests {
  private static let start = Moment(Instant(rfc3339: "2025-04-11T00:00:00Z")!)
  private static let usd = Currency(code: "USD")!

  private func at(_ milliseconds: Int64) -> Moment { Self.start.adding(milliseconds: milliseconds) }

  private func core(_ change: (inout WorkerSettings) -> Void = { _ in }) -> WorkerCore {
    var settings = WorkerSettings(
      name: "w1", run: "1", batchLimit: 8, batchInterval: 0, longestBatchInterval: 0)
    settings.breaker.minimumOutcomes = 2
    settings.breaker.openTime = BackOff(baseMilliseconds: 1_000, ceilingMilliseconds: 1_000)
    settings.breaker.probes = 2
    change(&settings)
    let rules = ResizeRules(paymentAttempts: 3, settlementTimeout: 10_000)
    var core = WorkerCore(
      settings: settings,
      machine: ResizeMachine(
        rules: rules,
        catalogs: CatalogHistory([Catalog(name: "empty", currency: Self.usd, products: [:])])),
      translator: MessageTranslator(encoder: OutgoingEventEncoder(), names: ChannelNames()),
      now: Self.start)
    _ = core.handle(.relay(.connected), now: Self.start)
    return core
  }

  /// A charge that was asked for and whose timer is due.
  private func charge(
    _ id: String, _ state: Movement.State = .requested, attempt: Int = 1
  ) -> Resize {
    var resize = Resize(
      request: ResizeRequest(
        requestId: id, tenantId: "t", instanceId: "i-\(id)", target: ResizeTarget(spec: "s")),
      context: RequestContext(), state: .awaitingPayment, requestedAt: Self.start)
    resize.sequence = 1
    resize.payment = Movement(
      id: "pay_\(id)", purpose: .charge, state: state,
      amount: Money(minorUnits: 100, currency: Self.usd), attempt: attempt)
    resize.dueAt = Self.start
    resize.version = 1
    return resize
  }

  /// Lets the timers of resizes ring, and answers what is committed and published because of it.
  private func ring(
    _ core: inout WorkerCore, _ resizes: [Resize], at now: Moment
  ) -> (changes: ChangeSet?, actions: [WorkerAction]) {
    _ = core.handle(.timersClaimed(resizes.map(\.requestId)), now: now)
    let facts = Facts(
      resizes: Dictionary(uniqueKeysWithValues: resizes.map { ($0.requestId, $0) }))
    let changes = commits(core.handle(.loaded(facts), now: now)).first
    return (changes, core.handle(.committed(.committed), now: now))
  }

  private func commits(_ actions: [WorkerAction]) -> [ChangeSet] {
    actions.compactMap { if case .commit(let changes) = $0 { changes } else { nil } }
  }

  private func published(_ actions: [WorkerAction]) -> [String] {
    actions.flatMap { action -> [String] in
      if case .publish(let messages) = action { messages.map(\.event.id) } else { [] }
    }
  }

  private func moves(_ actions: [WorkerAction]) -> [BreakerState] {
    actions.compactMap { if case .moveBreaker(let state) = $0 { state } else { nil } }
  }

  private func stored(_ state: BreakerState) -> BreakerState {
    var state = state
    state.revision += 1
    return state
  }

  private let paused = Switches(payments: SwitchPosition(isPaused: true))

  @Test("While payments are paused a timer that is due burns no attempt, however often it rings")
  func pausedTimers() {
    var core = core()
    _ = core.handle(.switches(paused), now: at(0))
    for time in stride(from: Int64(0), to: 600_000, by: 15_000) {
      let (changes, actions) = ring(&core, [charge("a"), charge("b", .backingOff)], at: at(time))
      #expect(changes?.resizes.isEmpty == true && changes?.outbox.isEmpty == true)
      #expect(published(actions).isEmpty)
    }
  }

  @Test("Resumed, what waits for its back-off is asked for; what was asked for has its whole time")
  func resumed() throws {
    var core = core()
    _ = core.handle(.switches(paused), now: at(0))
    _ = core.handle(.switches(Switches()), now: at(60_000))
    let (changes, actions) = ring(&core, [charge("a"), charge("b", .backingOff)], at: at(61_000))
    let resizes = try #require(changes?.resizes)
    #expect(resizes.map(\.payment?.attempt) == [1, 2])
    #expect(resizes.first?.dueAt == at(70_000), "ten seconds after payments flow again")
    #expect(published(actions).count { $0.contains("payment") } == 1)
    let late = ring(&core, [charge("a")], at: at(70_000)).changes
    #expect(late?.resizes.first?.payment?.attempt == 2)
  }

  @Test(
    "No attempt is burnt while the publisher is away, blocked, or has no queue for payments",
    arguments: ["away", "blocked", "unroutable"])
  func undeliverable(_ trouble: String) throws {
    var core = core()
    _ = core.handle(.switches(Switches()), now: at(0))
    // Long enough ago that nothing asked for before is waited for any longer.
    let (_, actions) = ring(&core, [charge("x", .backingOff)], at: at(20_000))
    let sequences = actions.flatMap { action -> [Int64] in
      if case .publish(let messages) = action { messages.map(\.sequence) } else { [] }
    }
    switch trouble {
    case "away":
      _ = core.handle(
        .relay(.disconnected(unconfirmed: sequences, reason: "gone")), now: at(20_000))
    case "blocked": _ = core.handle(.relay(.blocked(reason: "low on memory")), now: at(20_000))
    default: _ = core.handle(.relay(.returned(sequences, reason: "312 NO_ROUTE")), now: at(20_000))
    }
    let held = ring(&core, [charge("a"), charge("b", .backingOff)], at: at(20_000)).changes
    #expect(held?.resizes.isEmpty == true)
    switch trouble {
    case "away": _ = core.handle(.relay(.connected), now: at(50_000))
    case "blocked": _ = core.handle(.relay(.unblocked), now: at(50_000))
    default:
      _ = core.handle(.relay(.confirmed(sequences)), now: at(50_000))
      // The confirmed message is struck from the outbox first.
      _ = core.handle(.committed(.committed), now: at(50_000))
    }
    let freed = ring(&core, [charge("a"), charge("b", .backingOff)], at: at(50_000)).changes
    #expect(try #require(freed?.resizes).map(\.payment?.attempt) == [1, 2])
  }

  @Test("Failures open the breaker for all; what is due is held, probed, and flows when it closes")
  func breaker() throws {
    var core = core()
    _ = core.handle(.switches(Switches()), now: at(0))
    // Two time-outs: both attempts were sent long ago.
    let failing = ring(&core, [charge("a"), charge("b")], at: at(20_000))
    #expect(failing.changes?.outbox.count == 2)
    let open = try #require(moves(failing.actions).first)
    #expect(open.phase == .open && open.failed == 2 && open.outcomes == 2)
    _ = core.handle(.breakerMoved(stored(open)), now: at(20_000))
    #expect(core.status.paymentsHold == .breaker)

    let due = ["c", "d", "e"].map { charge($0, .backingOff) }
    #expect(ring(&core, due, at: at(20_500)).changes?.resizes.isEmpty == true)

    // Its time is over: the worker asks to probe, and with the store's word two timers ring again.
    let half = try #require(moves(core.handle(.tick, now: at(21_000))).first)
    #expect(half.phase == .halfOpen)
    let probing = core.handle(.breakerMoved(stored(half)), now: at(21_000))
    let keys = probing.compactMap { if case .load(let keys) = $0 { keys.requestIds } else { nil } }
    #expect(keys.first?.count == 2)
    let facts = Facts(resizes: Dictionary(uniqueKeysWithValues: due.map { ($0.requestId, $0) }))
    #expect(commits(core.handle(.loaded(facts), now: at(21_000))).first?.resizes.count == 2)
    #expect(published(core.handle(.committed(.committed), now: at(21_000))).count == 2)
    #expect(ring(&core, due, at: at(21_100)).changes?.resizes.isEmpty == true, "no third probe")

    var closed = BreakerState(since: at(21_500), worker: "w2#1", revision: 2)
    closed = stored(closed)
    _ = core.handle(.switches(Switches(breaker: closed)), now: at(21_500))
    #expect(core.status.paymentsHold == nil)
    #expect(ring(&core, due, at: at(21_600)).changes?.resizes.count == 3)
  }

  @Test("An answer to a probe closes the breaker, though what was asked for was settled long ago")
  func staleProbe() throws {
    var core = core()
    _ = core.handle(.switches(Switches()), now: at(0))
    let open = try #require(
      moves(ring(&core, [charge("a"), charge("b")], at: at(20_000)).actions).first)
    _ = core.handle(.breakerMoved(stored(open)), now: at(20_000))
    _ = ring(&core, [charge("c", .backingOff)], at: at(20_500))
    let half = try #require(moves(core.handle(.tick, now: at(21_000))).first)
    _ = core.handle(.breakerMoved(stored(half)), now: at(21_000))
    var settled = charge("c")
    settled.state = .completed
    settled.payment?.state = .succeeded
    let facts = Facts(resizes: ["c": settled])
    _ = core.handle(.loaded(facts), now: at(21_000))
    _ = core.handle(.committed(.committed), now: at(21_000))
    let body = """
      {"specversion":"1.0","id":"e","source":"/test","type":"payment.settled.v1",\
      "data":{"paymentId":"pay_c","requestId":"c","outcome":"succeeded",\
      "settled":{"currency":"USD","value":"1.00"}}}
      """
    let answer = IntakeDelivery(queue: .settlements, tag: 1, epoch: 1, body: Array(body.utf8))
    _ = core.handle(.intake(.deliveries([answer])), now: at(21_500))
    let changes = commits(core.handle(.loaded(facts), now: at(21_500))).first
    #expect(changes?.resizes.isEmpty == true, "it is settled already")
    let closing = core.handle(.committed(.committed), now: at(21_500))
    #expect(moves(closing).map(\.phase) == [.closed])
  }

  @Test("Another worker's probes are not this one's: it goes on holding")
  func foreignProbes() {
    var core = core()
    let probing = BreakerState(
      phase: .halfOpen, until: at(60_000), openings: 1, worker: "w2#1", revision: 2)
    _ = core.handle(.switches(Switches(breaker: probing)), now: at(0))
    #expect(ring(&core, [charge("a", .backingOff)], at: at(1)).changes?.resizes.isEmpty == true)
    #expect(core.status.paymentsHold == .breaker)
  }
}
