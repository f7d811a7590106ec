import AMQP
import Logging
import ServiceLifecycle
import Synchronization
import Worker

/// Declares a worker's queues and exchanges anew where its broker has lost them, and says what is
/// missing where it may not.
///
/// A broker that was emptied or replaced refuses to be consumed from: consumer and publisher hear of it
/// and connect again and again, so that what is declared meanwhile is found by itself. A consumer that
/// never lost its connection finds nothing, and what is published is not refused any more once others
/// have declared what was missing: as long as there is a complaint, it is looked again now and then.
final class TopologyKeeper: Service {
  typealias Declaration = @Sendable () async throws(AMQPError) -> Void
  typealias Look = @Sendable () async throws(AMQPError) -> Bool

  /// How long a complaint stands before it is looked again, in milliseconds.
  private static let patience: Int64 = 10_000

  private struct State {
    /// Why the worker does not consume or publish; nil while nothing is known to be missing.
    var complaint: String?
    /// What was logged last, which is not said again at every try.
    var logged: String?
    /// Whether a look is to come.
    var isWaiting = false
    var whenComplete: @Sendable () -> Void = {}
  }

  private let declaration: Declaration?
  private let isComplete: Look
  private let clock: any WorkerClock
  private let logger: Logger
  private let occasions: AsyncStream<Void>
  private let occasion: AsyncStream<Void>.Continuation
  private let state = Mutex(State())

  /// - Parameters:
  ///   - declaration: Declares all of them; nil where the worker is not to declare anything.
  ///   - isComplete: Looks whether all of them are there, and declares nothing.
  init(
    _ declaration: Declaration?, isComplete: @escaping Look,
    clock: any WorkerClock = SystemClock(), logger: Logger
  ) {
    self.declaration = declaration
    self.isComplete = isComplete
    self.clock = clock
    self.logger = logger
    (occasions, occasion) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// What keeps the worker from consuming or publishing, for readiness.
  var complaint: String? { state.withLock { $0.complaint } }

  /// Sets what is done each time that all are there again, whoever has declared them; it replaces what
  /// was set before.
  func whenComplete(_ action: @escaping @Sendable () -> Void) {
    state.withLock { $0.whenComplete = action }
  }

  func note(_ event: ConsumerEvent) {
    switch event {
    case .connected:
      state.withLock { ($0.complaint, $0.logged) = (nil, nil) }
    case .disconnected(let reason) where reason.code == .notFound:
      let isNews = state.withLock { state in
        defer { state.complaint = state.complaint ?? reason.message }
        return state.complaint == nil
      }
      if isNews { occasion.yield() }
    case .disconnected, .deliveries, .canceled, .quiesced:
      break
    }
  }

  func note(_ event: PublisherEvent) {
    guard case .returned(let messages) = event,
      messages.contains(where: { $0.replyCode == 404 })
    else { return }
    // As long as there is a complaint a look is under way or to come, however many are refused.
    if complaint == nil { occasion.yield() }
  }

  func run() async {
    await withDiscardingTaskGroup { group in
      for await _ in occasions.cancelOnGracefulShutdown() {
        await restore()
        if beginWaiting() { group.addTask { await self.lookLater() } }
      }
      group.cancelAll()
    }
  }

  /// Declares what is missing, where that is allowed, or finds that somebody else has.
  private func restore() async {
    var failure: AMQPError?
    if let declaration {
      do throws(AMQPError) {
        try await declaration()
        return resolve {
          logger.warning(
            """
            the broker had lost queues or exchanges, all are declared anew; requests that were in a \
            lost queue have to be sent again
            """)
        }
      } catch {
        failure = error
      }
    }
    // Bindings cannot be looked for: who may declare, and only failed to, tries that again.
    let isRetried = failure?.isRetriable ?? false
    if !isRetried, (try? await isComplete()) == true {
      return resolve { logger.info("all queues and exchanges are there again") }
    }
    complain(
      failure.map { "queues or exchanges are missing and cannot be declared: \($0)" }
        ?? "queues or exchanges are missing; run `resize-worker topology apply`")
  }

  private func resolve(_ log: () -> Void) {
    let whenComplete = state.withLock { state in
      (state.complaint, state.logged) = (nil, nil)
      return state.whenComplete
    }
    log()
    whenComplete()
  }

  private func complain(_ complaint: String) {
    let isNews = state.withLock { state in
      state.complaint = complaint
      defer { state.logged = complaint }
      return state.logged != complaint
    }
    if isNews { logger.error("\(complaint)") }
  }

  /// - Returns: Whether there is a complaint, and no look to come.
  private func beginWaiting() -> Bool {
    state.withLock { state in
      guard state.complaint != nil, !state.isWaiting else { return false }
      state.isWaiting = true
      return true
    }
  }

  /// Waits, and has it looked again if the complaint still stands.
  private func lookLater() async {
    try? await clock.sleep(milliseconds: Self.patience)
    let stands = state.withLock { state in
      state.isWaiting = false
      return state.complaint != nil
    }
    if stands { occasion.yield() }
  }
}
