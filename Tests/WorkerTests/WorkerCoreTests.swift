import Billing
import Contracts
import Resizing
import Storage
import Testing

@testable import Worker

@Suite("The core of a worker")
struct WorkerCoreTests {
  static let now = Moment(Instant(rfc3339: "2025-04-11T00:00:00Z")!)

  func core(_ change: (inout WorkerSettings) -> Void = { _ in }) -> WorkerCore {
    var settings = WorkerSettings(
      name: "w1", run: "1", batchLimit: 4, batchInterval: 0, longestBatchInterval: 0)
    change(&settings)
    let currency = Currency(code: "USD")!
    return WorkerCore(
      settings: settings,
      machine: ResizeMachine(
        rules: ResizeRules(),
        catalogs: CatalogHistory([Catalog(name: "empty", currency: currency, products: [:])])),
      translator: MessageTranslator(encoder: OutgoingEventEncoder(), names: ChannelNames()),
      now: Self.now)
  }

  /// - Parameter deliveryCount: One that has been delivered before was so, by its flag, too.
  func request(
    _ tag: UInt64, redelivered: Bool = false, deliveryCount: Int = 0, isCounted: Bool = false
  ) -> IntakeDelivery {
    let body = """
      {"specversion":"1.0","id":"e-\(tag)","source":"/test","type":"resize.requested.v1",\
      "data":{"requestId":"r-\(tag)","tenantId":"t-1","instanceId":"i-1","target":{"spec":"s"}}}
      """
    return IntakeDelivery(
      queue: .requests, tag: tag, epoch: 1, redelivered: redelivered || deliveryCount > 0,
      deliveryCount: deliveryCount, isCounted: isCounted, body: Array(body.utf8))
  }

  private func delivery(
    _ body: String, queue: IntakeQueue = .requests, userId: String? = nil
  ) -> IntakeDelivery {
    IntakeDelivery(queue: queue, tag: 1, epoch: 1, userId: userId, body: Array(body.utf8))
  }

  func loads(_ actions: [WorkerAction]) -> [FactKeys] {
    actions.compactMap { if case .load(let keys) = $0 { keys } else { nil } }
  }

  func commits(_ actions: [WorkerAction]) -> [ChangeSet] {
    actions.compactMap { if case .commit(let changes) = $0 { changes } else { nil } }
  }

  func acknowledged(_ actions: [WorkerAction]) -> [UInt64] {
    actions.compactMap { if case .acknowledge(let tag, _) = $0 { tag } else { nil } }
  }

  private func published(_ actions: [WorkerAction]) -> [String] {
    actions.flatMap { action -> [String] in
      if case .publish(let messages) = action { messages.map(\.event.id) } else { [] }
    }
  }

  @Test("A batch is one load, one commit, one acknowledgement, and is published when it is durable")
  func batch() {
    var core = core()
    _ = core.handle(.relay(.connected), now: Self.now)
    let loaded = core.handle(.intake(.deliveries((1...3).map { request($0) })), now: Self.now)
    #expect(loads(loaded).map(\.requestIds) == [["r-1", "r-2", "r-3"]])
    let committed = core.handle(.loaded(Facts()), now: Self.now)
    #expect(commits(committed).map(\.resizes.count) == [3])
    #expect(acknowledged(committed).isEmpty && published(committed).isEmpty)
    let done = core.handle(.committed(.committed), now: Self.now)
    #expect(acknowledged(done) == [3])
    #expect(published(done) == ["r-1:status:1", "r-2:status:1", "r-3:status:1"])
  }

  @Test("A batch that another worker was faster with is loaded and decided again")
  func conflict() {
    var core = core()
    _ = core.handle(.intake(.deliveries([request(1)])), now: Self.now)
    _ = core.handle(.loaded(Facts()), now: Self.now)
    let again = core.handle(
      .committed(.conflict(requestIds: ["r-1"], instanceIds: [])), now: Self.now)
    #expect(loads(again).count == 1)
    #expect(acknowledged(again).isEmpty)
  }

  @Test("A message that breaks the commit is found by halving and buried, its neighbours commit")
  func isolation() {
    var core = core()
    _ = core.handle(.relay(.connected), now: Self.now)
    var actions = core.handle(.intake(.deliveries((1...4).map { request($0) })), now: Self.now)
    var committed: Set<String> = []
    var dead: [String] = []
    var tags: [UInt64] = []
    for _ in 0..<40 {
      if !loads(actions).isEmpty {
        actions = core.handle(.loaded(Facts()), now: Self.now)
      } else if let changes = commits(actions).first {
        if changes.resizes.contains(where: { $0.requestId == "r-3" }) {
          actions = core.handle(.storeFailed(StoreError(.refused, "no")), now: Self.now)
        } else {
          committed.formUnion(changes.resizes.map(\.requestId))
          dead += changes.outbox.filter { $0.event.destination == .deadLetters }.map(\.event.id)
          actions = core.handle(.committed(.committed), now: Self.now)
          tags += acknowledged(actions)
        }
      }
    }
    #expect(committed == ["r-1", "r-2", "r-4"])
    #expect(dead.count == 1)
    #expect(tags == [2, 3, 4])
  }

  @Test(
    "What lost connections bring back is decided together; what stops workers again and again, soon alone",
    arguments: [(1, 16), (2, 16), (3, 4), (4, 1)])
  func suspects(deliveryCount: Int, batch: Int) {
    for position in 0..<batch {
      var core = core { $0.batchLimit = 16 }
      var deliveries = (0..<32).map { request($0) }
      deliveries[position] = request(UInt64(position), deliveryCount: deliveryCount)
      let actions = core.handle(.intake(.deliveries(deliveries)), now: Self.now)
      #expect(loads(actions).map(\.requestIds.count) == [batch])
    }
  }

  @Test("A suspect message does not join a batch that is larger than its own may be")
  func suspectAtTheEnd() {
    var core = core { $0.batchLimit = 16 }
    var deliveries = (0..<32).map { request($0) }
    deliveries[5] = request(5, deliveryCount: 3)
    let actions = core.handle(.intake(.deliveries(deliveries)), now: Self.now)
    #expect(loads(actions).map(\.requestIds.count) == [5])
  }

  @Test(
    "A message that cannot be read keeps the request id that could be, so that it is found by it")
  func brokenButKnown() throws {
    var core = core()
    let broken = delivery(
      """
      {"specversion":"1.0","id":"e","source":"/x","type":"resize.requested.v1",\
      "data":{"requestId":"r-1","tenantId":"t-1","instanceId":"i-1","target":7}}
      """)
    _ = core.handle(.intake(.deliveries([broken])), now: Self.now)
    let actions = core.handle(.loaded(Facts()), now: Self.now)
    let outbox = try #require(commits(actions).first?.outbox.map(\.event))
    #expect(outbox.map(\.destination) == [.deadLetters, .results])
    #expect(outbox.map(\.correlationId) == ["r-1", "r-1"])
  }

  @Test("A settlement in the queue of requests is not believed")
  func wrongQueue() throws {
    var core = core()
    let forged = delivery(
      """
      {"specversion":"1.0","id":"e","source":"/x","type":"payment.settled.v1","data":{"paymentId":"p",\
      "requestId":"r","outcome":"succeeded","settled":{"currency":"USD","value":"1.00"}}}
      """)
    _ = core.handle(.intake(.deliveries([forged])), now: Self.now)
    let actions = core.handle(.loaded(Facts()), now: Self.now)
    let letter = try #require(commits(actions).first?.outbox.first?.event)
    #expect(letter.headers.contains { $0.value == "UnexpectedType" })
    // Whoever sent it is answered by the id in it, whatever the property says.
    #expect(commits(actions).first?.outbox.last?.event.correlationId == "r")
  }

  @Test("Two bad messages without ids are answered under two ids, also by another connection's tag")
  func answerIds() {
    let ids = ["a", "b"].map { note in
      var core = core()
      let bad = delivery(#"{"data":{"requestId":"r","note":"\#(note)"}}"#)
      _ = core.handle(.intake(.deliveries([bad])), now: Self.now)
      let actions = core.handle(.loaded(Facts()), now: Self.now)
      return commits(actions).first?.outbox.last?.event.id
    }
    #expect(ids[0] != ids[1])
  }

  @Test("No payment leaves before the worker has read whether payments are paused")
  func unknownSwitches() {
    var relay = OutboxRelay()
    _ = relay.connected()
    let payment = OutboxMessage(
      owner: "w1#1", sequence: 1, createdAt: Self.now,
      event: OutgoingEvent(
        destination: .payments, routingKey: "k", id: "m", type: "t", body: []))
    #expect(relay.add([payment]).isEmpty)
    #expect(relay.setPayments(.flowing, probes: 0).map(\.event.id) == ["m"])
  }

  @Test("Settlements are believed only from the publishers that are trusted")
  func trust() throws {
    var core = core { $0.trustedPublishers = [.settlements: ["payments"]] }
    let settlement = delivery("{}", queue: .settlements, userId: "mallory")
    _ = core.handle(.intake(.deliveries([settlement])), now: Self.now)
    let actions = core.handle(.loaded(Facts()), now: Self.now)
    let letter = try #require(commits(actions).first?.outbox.first?.event)
    #expect(letter.headers.contains { $0.value == "UntrustedPublisher" })
  }

  @Test("A store that fails pauses consuming, and what was in hand comes again")
  func storeDown() {
    var core = core()
    _ = core.handle(.heartbeatDone, now: Self.now)
    _ = core.handle(.intake(.deliveries([request(1)])), now: Self.now)
    let failed = core.handle(.storeFailed(StoreError(.unavailable, "gone")), now: Self.now)
    #expect(failed.contains(.pauseIntake))
    #expect(acknowledged(failed).isEmpty)
    let ignored = core.handle(.intake(.deliveries([request(2)])), now: Self.now)
    #expect(loads(ignored).isEmpty)
    let later = Self.now.adding(milliseconds: 60_000)
    #expect(
      core.handle(.tick, now: later).contains(.heartbeat(owner: "w1#1", payments: OutcomeCounts())))
    let back = core.handle(.heartbeatDone, now: later)
    #expect(back.contains(.retire(owner: "w1#1")) && back.contains(.readSwitches))
    #expect(core.handle(.switches(Switches()), now: later).contains(.resumeIntake))
  }

  @Test("A heartbeat begun before the store failed does not resume the intake")
  func heartbeatFromBefore() {
    var core = core()
    _ = core.handle(.heartbeatDone, now: Self.now)
    let later = Self.now.adding(milliseconds: 60_000)
    let begun = core.handle(.tick, now: later)
    #expect(begun.contains(.heartbeat(owner: "w1#1", payments: OutcomeCounts())))
    _ = core.handle(.intake(.deliveries([request(1)])), now: later)
    _ = core.handle(.storeFailed(StoreError(.unavailable, "gone")), now: later)
    _ = core.handle(.heartbeatDone, now: later)
    #expect(!core.handle(.switches(Switches()), now: later).contains(.resumeIntake))
    let muchLater = later.adding(milliseconds: 60_000)
    _ = core.handle(.tick, now: muchLater)
    _ = core.handle(.heartbeatDone, now: muchLater)
    #expect(core.handle(.switches(Switches()), now: muchLater).contains(.resumeIntake))
  }

  @Test("Draining finishes the batch under way, waits for its confirms, and takes nothing new")
  func drain() {
    var core = core()
    _ = core.handle(.relay(.connected), now: Self.now)
    _ = core.handle(.intake(.deliveries((1...6).map { request($0) })), now: Self.now)
    let drained = core.handle(.drain, now: Self.now)
    #expect(drained.contains(.drainIntake))
    _ = core.handle(.loaded(Facts()), now: Self.now)
    let committed = core.handle(.committed(.committed), now: Self.now)
    #expect(acknowledged(committed) == [4])
    #expect(!committed.contains(.finish))
    let sequences = committed.flatMap { action -> [Int64] in
      if case .publish(let messages) = action { messages.map(\.sequence) } else { [] }
    }
    let tidied = core.handle(.relay(.confirmed(sequences)), now: Self.now)
    #expect(commits(tidied).map(\.confirmed) == [[sequences[0]...sequences[3]]])
    let finished = core.handle(.committed(.committed), now: Self.now)
    #expect(finished.contains(.retire(owner: "w1#1")) && finished.contains(.finish))
  }

  @Test("Paused payments stay in the outbox, all else leaves it; they leave when payments resume")
  func pausedPayments() {
    var relay = OutboxRelay()
    _ = relay.connected()
    _ = relay.setPayments(.held(.paused), probes: 0)
    let messages = [Destination.payments, .results].enumerated().map { index, destination in
      OutboxMessage(
        owner: "w1#1", sequence: Int64(index + 1), createdAt: Self.now,
        event: OutgoingEvent(
          destination: destination, routingKey: "k", id: "m\(index)", type: "t", body: []))
    }
    #expect(relay.add(messages).map(\.event.id) == ["m1"])
    #expect(relay.setPayments(.flowing, probes: 0).map(\.event.id) == ["m0"])
    #expect(relay.backlog == 2)
  }

  @Test("What an adoption with an unknown outcome may have moved is adopted again, by another name")
  func unknownAdoption() {
    var core = core()
    _ = core.handle(.tick, now: Self.now)
    let failed = core.handle(
      .dutyFailed(.adoption, StoreError(.unavailable, "cut off")), now: Self.now)
    #expect(!failed.contains(.retire(owner: "w1#1")), "what it holds would come back by adoption")
    let again = core.handle(.adopted([]), now: Self.now)
    #expect(again.contains(.retire(owner: "w1#1")))
    let later = core.handle(.tick, now: Self.now.adding(milliseconds: 20_000))
    let owners = later.compactMap { action -> String? in
      if case .adopt(let owner, _, _) = action { owner } else { nil }
    }
    #expect(owners == ["w1#1.2"])
  }

  @Test("A clock that is set back by a day keeps no duty waiting for a day")
  func clockSetBack() {
    var core = core()
    _ = core.handle(.tick, now: Self.now)
    for event: WorkerEvent in [
      .timersClaimed([]), .adopted([]), .switches(Switches()), .heartbeatDone,
    ] {
      _ = core.handle(event, now: Self.now)
    }
    let dayBefore = Self.now.adding(milliseconds: -86_400_000)
    _ = core.handle(.tick, now: dayBefore)
    let later = core.handle(.tick, now: dayBefore.adding(milliseconds: 20_000))
    #expect(later.contains(.claimTimers(limit: 4)))
    #expect(later.contains(.heartbeat(owner: "w1#1", payments: OutcomeCounts())))
    #expect(later.contains(.readSwitches))
  }

  @Test("Confirmed sequences leave as the fewest ranges")
  func ranges() {
    var sequences = SequenceRanges()
    for sequence: Int64 in [5, 3, 4, 9, 1] { sequences.insert(sequence) }
    #expect(sequences.take(limit: 10) == [1...1, 3...5, 9...9])
    #expect(sequences.isEmpty)
  }
}
