import AMQP
import Contracts
import Resizing

/// Carries a submission out: publishes with confirms and, if asked to, follows the results to the
/// end.
struct SubmissionRun {
  private enum Event: Sendable {
    case publisher(PublisherEvent)
    case status(StatusMessage)
    case tick
  }

  /// How many messages go to the publisher at a time.
  private static let portion = 2_048

  private let settings: Settings
  private let publisher: BrokerPublisher
  private let queue: String
  private let user: String
  /// How long nothing may happen before it is given up.
  private let patience: Duration
  private var submission: Submission
  private var backlog: [Int]
  private var firstOfBacklog = 0
  private var progress: ProgressReport
  private var lastProgress = ContinuousClock.now
  private let waits: Bool

  init(_ items: [SubmissionItem], _ settings: Settings, waits: Bool, patience: Duration)
    throws(AMQPError)
  {
    self.settings = settings
    self.waits = waits
    self.patience = patience
    let address = try settings.brokerAddress()
    queue = settings.channelNames.requests
    user = address.user
    publisher = try BrokerPublisher(at: address, settings: settings.connection(for: "submit"))
    submission = Submission(items, waitsForEnds: waits)
    backlog = submission.initiallyReady
    progress = ProgressReport("confirmed", total: items.count)
  }

  /// - Returns: The submission as it stands when all is done, or nothing has happened for too long.
  mutating func run() async throws -> Submission {
    let results = waits ? try await ResultSubscription(settings) : nil
    let (events, continuation) = AsyncStream.makeStream(of: Event.self)
    let outcome: Result<Void, any Error>
    do {
      try publisher.start()
      try await publisher.firstAttempt()
      let feeders = Task { [publisher] in
        await withDiscardingTaskGroup { group in
          group.addTask {
            for await event in publisher.events { continuation.yield(.publisher(event)) }
          }
          group.addTask {
            _ = await results?.first { status in
              continuation.yield(.status(status))
              return false
            }
          }
          group.addTask {
            // Redraws the progress and looks at the time-out.
            while (try? await Task.sleep(for: .milliseconds(200))) != nil {  // sound: ends with it
              continuation.yield(.tick)
            }
          }
        }
      }
      defer { feeders.cancel() }
      try await follow(events)
      outcome = .success(())
    } catch {
      outcome = .failure(error)
    }
    publisher.close()
    await results?.close()
    try outcome.get()
    return submission
  }

  private mutating func follow(_ events: AsyncStream<Event>) async throws {
    try publishBacklog()
    for await event in events {
      switch event {
      case .publisher(let event): try take(event)
      case .status(let status):
        backlog += submission.see(status)
        lastProgress = .now
      case .tick:
        if ContinuousClock.now - lastProgress > patience { return finishProgress() }
      }
      try publishBacklog()
      report()
      if submission.isDone { return finishProgress() }
    }
  }

  private mutating func take(_ event: PublisherEvent) throws(Problem) {
    switch event {
    case .confirmed(let tokens):
      submission.confirm(tokens.map { Int($0) })
      lastProgress = .now
    case .nacked(let tokens), .disconnected(_, let tokens):
      backlog += tokens.map { Int($0) }
    case .returned(let messages):
      throw Problem(
        .unreachable,
        "no queue takes the requests (\(messages.first?.replyText ?? "returned")); "
          + "run `resize-worker topology apply`")
    case .connected, .blocked, .unblocked:
      break
    }
  }

  private mutating func publishBacklog() throws(AMQPError) {
    while firstOfBacklog < backlog.count, publisher.room >= Self.portion {
      let end = min(firstOfBacklog + Self.portion, backlog.count)
      try publisher.publish(backlog[firstOfBacklog..<end].map(message))
      firstOfBacklog = end
    }
  }

  private func message(_ position: Int) -> AMQP.OutgoingMessage {
    let event = submission.entries[position].item.message
    return AMQP.OutgoingMessage(
      token: UInt64(position), exchange: "", routingKey: queue,
      properties: event.properties(user: user), body: event.body)
  }

  private mutating func report() {
    let hasConfirmedAll = submission.confirmedCount == submission.entries.count
    if waits, hasConfirmedAll, progress.label == "confirmed" {
      progress.finish(submission.confirmedCount)
      progress = ProgressReport("ended", total: submission.entries.count)
    }
    progress.update(
      progress.label == "ended" ? submission.endedCount : submission.confirmedCount)
  }

  private func finishProgress() {
    progress.finish(progress.label == "ended" ? submission.endedCount : submission.confirmedCount)
  }
}
