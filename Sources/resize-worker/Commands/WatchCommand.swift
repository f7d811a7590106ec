import ArgumentParser
import Resizing

struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Follow the statuses of resizes as they are published, until interrupted.",
    discussion: """
      Examples:
        resize-worker watch
        resize-worker watch --tenant tenant-acme --json | jq .status
        resize-worker watch --request 002-upgrade      # ends with the resize
      """)

  @Option(help: "Only resizes of this tenant.") var tenant: String?
  @Option(help: "Only this request; ends when it has ended.") var request: String?
  @Flag(help: "Print JSON, a line a status.") var json = false
  @OptionGroup var configuration: ConfigurationFlag
  @OptionGroup(title: "Broker") var broker: BrokerFlags

  func run() async throws {
    let settings = try configuration.settings(broker)
    let key = tenant.map { $0 + ".*" } ?? "#"
    let results = try await ResultSubscription(settings, routingKey: key)
    let style = settings.style
    await results.first { status in
      guard request == nil || status.requestId == request else { return false }
      if json { OutputChannel.standard.json(status.data) } else { show(status, style) }
      return request != nil && status.status.isEnd
    }
    await results.close()
  }

  private func show(_ status: StatusMessage, _ style: TextStyle) {
    let state = style.paint(status.status.rawValue.padded(to: 15), status.status.tone)
    let facts = [
      (status.time ?? "").printable, state, status.requestId.printable,
      status.instanceId.printable, (status.amount ?? "").printable, status.remark.printable,
    ]
    OutputChannel.standard.line(facts.filter { !$0.isEmpty }.joined(separator: "  "))
  }
}
