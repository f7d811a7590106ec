import AMQP
import Contracts
import Histogram
import ServiceLifecycle
import Synchronization

/// Sends requests at a steady rate, whatever the worker does, and takes the time until the payment
/// event of each is back.
///
/// The time runs from when a request was due, not from when it was sent: a stall counts for all
/// that had to wait behind it. The first tenth finds a worker that has just been started, and is
/// left out.
struct BenchPace: Service {
  /// Microseconds at shares of the requests.
  struct Latencies: Sendable, Equatable {
    var perSecond: Double
    var median: UInt64
    var p99: UInt64
    var p999: UInt64
  }

  private static let patience = Duration.seconds(30)

  let feed: BenchFeed
  let messages: [IncomingEventEncoder.Message]
  let perSecond: Double
  let payments: BrokerConsumer
  let report: @Sendable (Latencies) -> Void

  func run() async throws {
    let publisher = try BrokerPublisher(at: feed.address, settings: feed.connection)
    defer { publisher.close() }
    try publisher.start()
    try await publisher.firstAttempt()
    try payments.start()
    try await payments.firstAttempt()
    let begin = ContinuousClock.now
    try await withThrowingTaskGroup { group in
      group.addTask { try await send(by: publisher, from: begin) }
      // Confirms are not waited for, but taken.
      group.addTask { for await _ in publisher.events {} }
      group.addTask { report(await answers(since: begin)) }
      group.addTask {
        let length = Duration.seconds(Double(messages.count) / perSecond)
        try await Task.sleep(for: length + Self.patience)  // sound: ends with its group
        throw Problem(.didNotWorkOut, "the payment events of some requests did not come")
      }
      try await group.next()
      try await group.next()
      group.cancelAll()
    }
    payments.close()
    await payments.closed()
  }

  private func send(by publisher: BrokerPublisher, from begin: ContinuousClock.Instant)
    async throws
  {
    var sent = 0
    while sent < messages.count {
      let elapsed = (ContinuousClock.now - begin) / .seconds(1)
      let due = min(messages.count, Int(elapsed * perSecond) + 1)
      if due > sent {
        try publisher.publish((sent..<due).map { feed.message(messages[$0], token: $0) })
        sent = due
      }
      try await Task.sleep(for: .milliseconds(1))  // sound: the pace is what is wanted
    }
  }

  private func answers(since begin: ContinuousClock.Instant) async -> Latencies {
    var histogram = Histogram<UInt32>(
      highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: .three)
    var seen = 0
    for await event in payments.events {
      guard case .deliveries(let deliveries) = event, let last = deliveries.last else { continue }
      let elapsed = (ContinuousClock.now - begin) / .microseconds(1)
      for delivery in deliveries {
        guard let index = index(of: delivery) else { continue }
        seen += 1
        guard index >= messages.count / 10 else { continue }
        let due = Double(index) / perSecond * 1_000_000
        histogram.record(UInt64(max(elapsed - due, 1)))
      }
      payments.acknowledge(upTo: last.deliveryTag, epoch: last.epoch)
      if seen >= messages.count { break }
    }
    return Latencies(
      perSecond: perSecond, median: histogram.valueAtPercentile(50),
      p99: histogram.valueAtPercentile(99), p999: histogram.valueAtPercentile(99.9))
  }

  /// The number that the request's id ends with.
  private func index(of delivery: Delivery) -> Int? {
    delivery.properties.correlationID?.split(separator: "-").last.flatMap { Int($0) }
  }
}
