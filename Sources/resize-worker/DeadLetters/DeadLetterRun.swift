import AMQP
import Contracts
import Resizing
import Storage
import Worker

/// Carries out on dead letters what an operator has decided.
///
/// Each letter is taken and held; what is to be done is done and recorded in the store; only then is
/// the letter acknowledged. Whatever ends this in between, the letter is back among the dead letters,
/// and a message that was sent to its queue already is found in both places: done again, it is the
/// same message under the same id, which its worker has settled before. Letters that stay outlive
/// however many passes the others take, see ``DeadLetterRenewal``.
struct DeadLetterRun<Clock: WorkerClock> {
  enum Decision: Sendable, Equatable {
    /// Back to the queue it came from.
    case replay(vouching: Bool)
    case discard
  }

  /// How many are taken at a time.
  private static var portion: Int { 64 }
  /// A broker takes messages back, and ends the connection, that are held for 30 minutes. Long before
  /// that those which are not meant are given back, and the queue is gone through again.
  private static var longestHold: Int64 { 600_000 }

  private let decision: Decision
  private let settings: Settings
  private let store: any Store
  private let clock: Clock
  private let by: String
  private let rate: Int?
  private let renewal: DeadLetterRenewal
  private let sources: Set<String>
  private var limit: RateLimit?
  private var plan: [FoundDeadLetter: Int] = [:]
  private var publisher: ConfirmedPublisher?
  private let progress: ProgressReport
  private(set) var report = DeadLetterReport()

  /// - Parameter rate: How many messages may be sent a second; nil is as fast as it goes.
  init(
    _ decision: Decision, on letters: [FoundDeadLetter], _ settings: Settings, store: any Store,
    clock: Clock, by: String, rate: Int? = nil
  ) {
    self.decision = decision
    self.settings = settings
    self.store = store
    self.clock = clock
    self.by = by
    self.rate = rate
    renewal = DeadLetterRenewal(settings: settings)
    let names = settings.channelNames
    sources = [names.requests, names.settlements, names.applied, names.inventory]
    limit = rate.map { RateLimit(perSecond: $0, from: clock.now()) }
    for letter in letters { plan[letter, default: 0] += 1 }
    progress = ProgressReport(
      decision == .discard ? "discarded" : "replayed", total: letters.count)
  }

  /// Ends when all letters are done, or no more of them are there.
  mutating func run() async throws -> DeadLetterReport {
    while !plan.isEmpty, try await pass() {}
    progress.finish(report.done.count)
    report.gone = plan.values.reduce(0, +)
    return report
  }

  /// Goes through the queue once; false if it came to the end.
  private mutating func pass() async throws -> Bool {
    let reader = try await settings.deadLetterReader()
    do {
      let goesOn = try await read(reader)
      await reader.close()
      return goesOn
    } catch {
      await reader.close()
      throw error
    }
  }

  private mutating func read(_ reader: QueueReader) async throws -> Bool {
    let end = clock.now().adding(milliseconds: Self.longestHold)
    let portion = min(Self.portion, rate ?? Self.portion)
    while !plan.isEmpty {
      guard clock.now() < end else { return true }
      let deliveries = try await reader.take(portion)
      guard !deliveries.isEmpty else { return false }
      let held = deliveries.map { (FoundDeadLetter($0), $0) }
      let settled = try await carryOut(held.filter { plan.take($0.0) })
      try await settle(settled, reader)
      let done = Set(settled.map(\.1.deliveryTag))
      _ = try await renewal.renew(held.filter { !done.contains($0.1.deliveryTag) }, in: reader)
    }
    return false
  }

  /// Records what was done, and only then lets the letters go.
  private mutating func settle(
    _ settled: [(FoundDeadLetter, Delivery)], _ reader: QueueReader
  ) async throws {
    guard !settled.isEmpty else { return }
    try await store.record(settled.map { action(for: $0.0) })
    try await reader.acknowledge(settled.map(\.1.deliveryTag))
    report.done += settled.map(\.0)
    progress.update(report.done.count)
  }

  /// - Returns: Those that are done and may go.
  private mutating func carryOut(
    _ taken: [(FoundDeadLetter, Delivery)]
  ) async throws -> [(FoundDeadLetter, Delivery)] {
    guard case .replay(let isVouching) = decision else { return taken }
    let user = isVouching ? try settings.brokerAddress().user : nil
    var messages: [AMQP.OutgoingMessage] = []
    for (index, (letter, delivery)) in taken.enumerated() {
      if let obstacle = obstacle(to: letter, delivery) {
        report.refused.append((letter, obstacle))
        continue
      }
      messages.append(
        letter.replayed(from: delivery, as: user, at: clock.now(), token: UInt64(index)))
    }
    let fates = try await publish(messages)
    return taken.enumerated().compactMap { index, pair in
      switch fates[UInt64(index)] {
      case .confirmed?: return pair
      case .returned(let reason)?:
        report.refused.append((pair.0, "\(pair.0.source) does not take it: \(reason)"))
        return nil
      case nil: return nil
      }
    }
  }

  /// Why a letter cannot go back; nil if it can.
  private func obstacle(to letter: FoundDeadLetter, _ delivery: Delivery) -> String? {
    guard sources.contains(letter.source) else {
      return "it says that it came from \(letter.source.printable), which is no queue of ours"
    }
    return delivery.body == nil ? "it is too long to be held" : nil
  }

  private mutating func publish(
    _ messages: [AMQP.OutgoingMessage]
  ) async throws -> [UInt64: ConfirmedPublisher.Fate] {
    guard !messages.isEmpty else { return [:] }
    if publisher == nil { publisher = try await ConfirmedPublisher(settings, purpose: "replay") }
    guard limit != nil else { return try await publisher?.publish(messages) ?? [:] }
    var fates: [UInt64: ConfirmedPublisher.Fate] = [:]
    for message in messages {
      let now = clock.now()
      let wait = limit?.turn(at: now) ?? 0
      if wait > 0 { try await clock.sleep(milliseconds: wait) }
      fates.merge(try await publisher?.publish([message]) ?? [:]) { $1 }
    }
    return fates
  }

  private func action(for letter: FoundDeadLetter) -> OperatorAction {
    OperatorAction(
      at: clock.now(), by: by, action: decision == .discard ? "discarded" : "replayed",
      requestId: letter.requestId.isEmpty ? nil : letter.requestId, messageId: letter.id,
      queue: letter.source, reasonCode: letter.reasonCode,
      detail: letter.type.isEmpty ? nil : letter.type)
  }
}

/// What became of the letters that a command was about.
struct DeadLetterReport: Sendable {
  var done: [FoundDeadLetter] = []
  /// Those that stay where they are, and why.
  var refused: [(FoundDeadLetter, String)] = []
  /// How many were not there any more.
  var gone = 0
}
