import AMQP
import Contracts
import Logging
import Resizing
import Synchronization
import Testing
import Worker

@testable import resize_worker

@Suite("What looks after queues and exchanges", .takesTurns, .timeLimit(.minutes(5)))
struct TopologyKeeperTests {
  private final class Counter: Sendable {
    private let number = Mutex(0)

    var value: Int { number.withLock { $0 } }

    /// Counts on; answers how many it is now.
    @discardableResult
    func count() -> Int {
      number.withLock { number in
        number += 1
        return number
      }
    }
  }

  /// Tells of each wait, which is over when the test says so.
  private final class Clock: WorkerClock {
    let waits = Counter()
    private let (begun, beginning) = AsyncStream.makeStream(of: Int64.self)
    private let (ended, ending) = AsyncStream.makeStream(of: Void.self)

    func now() -> Moment { .now }

    func sleep(milliseconds: Int64) async throws {
      waits.count()
      beginning.yield(milliseconds)
      for await _ in ended { return }
      throw CancellationError()
    }

    /// Returns when the next wait begins; nil if the test's time is over before.
    func waiting() async -> Int64? {
      for await milliseconds in begun { return milliseconds }
      return nil
    }

    func endWait() { ending.yield() }
  }

  /// An installation whose exchange of results is gone, and what is told when all is there again.
  private struct Loss {
    let client: TopologyClient
    let topology: Topology
    let clock = Clock()
    let looks = Counter()
    let restored: AsyncStream<Void>
    private let restoring: AsyncStream<Void>.Continuation

    init() async throws {
      let installation = try await Installation()
      client = installation.client
      topology = ResizeTopology.topology(installation.names)
      (restored, restoring) = AsyncStream.makeStream()
      try await client.declare(topology)
      try await client.delete(exchange: installation.names.results)
    }

    func keeper(_ declaration: TopologyKeeper.Declaration?) -> TopologyKeeper {
      let keeper = TopologyKeeper(
        declaration,
        isComplete: { [client, topology, looks] () async throws(AMQPError) in
          looks.count()
          return try await client.check(topology, isComparing: false).isEmpty
        }, clock: clock,
        logger: Logger(label: "keeper", factory: { _ in SwiftLogNoOpLogHandler() }))
      keeper.whenComplete { [restoring] in restoring.yield() }
      return keeper
    }

    func isRestored() async {
      for await _ in restored { return }
    }
  }

  /// Runs `body` beside a keeper, which ends with it.
  private func with(_ keeper: TopologyKeeper, _ body: () async throws -> Void) async throws {
    async let _ = keeper.run()
    try await body()
  }

  private let refusal = PublisherEvent.returned([
    ReturnedMessage(token: 1, replyCode: 404, replyText: "NOT_FOUND")
  ])

  @Test("what another worker has declared is found by one whose own attempt failed")
  func declaredByAnother() async throws {
    let loss = try await Loss()
    let attempts = Counter()
    let keeper = loss.keeper { () async throws(AMQPError) in
      if attempts.count() == 1 { throw AMQPError(.timedOut, "no answer in time") }
      try await loss.client.declare(loss.topology)
    }
    try await with(keeper) {
      keeper.note(refusal)
      _ = try #require(await loss.clock.waiting())
      #expect(keeper.complaint?.contains("cannot be declared: no answer in time") == true)
      try await loss.client.declare(loss.topology)
      loss.clock.endWait()
      await loss.isRestored()
      #expect(keeper.complaint == nil)
    }
  }

  @Test("who declares nothing looks again as long as something is missing, and no longer")
  func declaredByNobody() async throws {
    let loss = try await Loss()
    let keeper = loss.keeper(nil)
    try await with(keeper) {
      keeper.note(refusal)
      for _ in 1...2 {
        _ = try #require(await loss.clock.waiting())
        #expect(keeper.complaint?.contains("run `resize-worker topology apply`") == true)
        // What is refused meanwhile is no reason to look before.
        keeper.note(refusal)
        loss.clock.endWait()
      }
      _ = try #require(await loss.clock.waiting())
      try await loss.client.declare(loss.topology)
      loss.clock.endWait()
      await loss.isRestored()
      #expect(keeper.complaint == nil)
      // Told too late: by now all is there.
      keeper.note(refusal)
      await loss.isRestored()
      #expect(keeper.complaint == nil)
      #expect(loss.clock.waits.value == 3)
      #expect(loss.looks.value == 5)
    }
  }
}
