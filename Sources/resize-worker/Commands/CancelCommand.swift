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
  @Option(help: "How long to wait for the answer.") var timeout = DurationArgument(seconds: 30)
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
        reason ?? "\(id) is \(answer.status.rawValue); only a resize that waits for its payment "
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
  private func answer(
    _ results: ResultSubscription, _ settings: Settings, _ tenantId: String
  ) async throws -> StatusMessage? {
    try await withThrowingTaskGroup(of: StatusMessage?.self) { group in
      group.addTask {
        await results.first { status in
          status.requestId == id && (status.isReply || status.status == .canceled)
        }
      }
      group.addTask {
        try await Task.sleep(for: timeout.duration)  // sound: an answer ends it
        return nil
      }
      try await send(settings, tenantId, replyTo: results.queue)
      let first = try await group.next() ?? nil
      group.cancelAll()
      return first
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
