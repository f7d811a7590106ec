import ArgumentParser
import Contracts
import Foundation
import Resizing
import Storage

struct CancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Cancel a resize that still waits for its payment, and wait for the answer.",
    discussion: """
      Examples:
        resize-worker cancel 002-upgrade
        resize-worker cancel 002-upgrade --tenant tenant-acme --timeout 30s
      """)

  @Argument(help: "The request's id.") var id: String
  @Option(help: "Whose resize it is. (else looked up in the database)") var tenant: String?
  @Option(help: "How long to wait for the broker and the answer.")
  var timeout = DurationArgument(seconds: 30)
  @OptionGroup var configuration: ConfigurationFlag
  @OptionGroup(title: "Broker") var broker: BrokerFlags
  @OptionGroup(title: "Database") var store: StoreFlags

  func run() async throws {
    let settings = try configuration.settings(broker, store)
    let tenantId = try await tenantId(settings)
    let results = try await ResultSubscription(settings)
    let answer = try await answer(results, settings, tenantId)
    await results.close()
    guard let answer else {
      throw Problem(
        .didNotWorkOut, "there was no answer within \(timeout); is a worker running?")
    }
    guard answer.status == .canceled else {
      let reason = answer.sequence == 0 ? answer.reasonText : nil
      throw Problem(
        .didNotWorkOut,
        reason?.printable
          ?? "\(id) is \(answer.status.rawValue); only a resize that waits for its payment "
          + "can be canceled")
    }
    OutputChannel.standard.line("\(id) is canceled")
  }

  private func tenantId(_ settings: Settings) async throws -> String {
    if let tenant { return tenant }
    let resize = try await settings.withStore { store in
      try await store.load(FactKeys(requestIds: [id])).resizes[id]
    }
    guard let resize else {
      throw Problem(
        .didNotWorkOut, "no resize \(id) is in the database; name its --tenant")
    }
    return resize.request.tenantId
  }

  /// The answer to the wish, or the status that it led to; nil if there is none in time.
  /// - Throws: `Problem` if the wish could not be sent in time.
  private func answer(
    _ results: ResultSubscription, _ settings: Settings, _ tenantId: String
  ) async throws -> StatusMessage? {
    let deadline = ContinuousClock.now + timeout.duration
    let isSent: Void? = try await before(deadline) {
      try await send(settings, tenantId, replyTo: results.queue)
    }
    guard isSent != nil else {
      throw Problem(
        .unreachable,
        "the broker did not take the wish within \(timeout), though it may still; see "
          + "`resize-worker status \(id)`, and cancel it again when the broker is well")
    }
    let answer: StatusMessage?? = try await before(deadline) {
      await results.first { status in
        status.requestId == id && (status.isReply || status.status == .canceled)
      }
    }
    return answer ?? nil
  }

  /// What comes of the body; nil if it takes longer. Then it is canceled.
  private func before<Value: Sendable>(
    _ deadline: ContinuousClock.Instant, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value? {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(until: deadline)  // sound: the body's end ends it
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
  }

  private func send(
    _ settings: Settings, _ tenantId: String, replyTo queue: String
  ) async throws {
    let wish = ResizeInput.cancelRequested(
      requestId: id, tenantId: tenantId, RequestContext())
    let messageId = "cancel-" + UUID().uuidString.lowercased()
    guard let message = IncomingEventEncoder.commandLine.encode(wish, id: messageId, at: .now)
    else { return }
    try await settings.publish(message, replyTo: queue)
  }
}
