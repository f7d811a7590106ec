import ArgumentParser
import Contracts
import Resizing
import Storage

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "What became of a resize: its state, its quote explained, its timeline.",
    discussion: """
      Examples:
        resize-worker status 002-upgrade
        resize-worker status 002-upgrade --json | jq .timeline
      """)

  @Argument(help: "The request's id.") var id: String
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var configuration: ConfigurationFlag
  @OptionGroup(title: "Database") var store: StoreFlags

  func run() async throws {
    let settings = try configuration.settings(store)
    let (resize, rows) = try await settings.withStore { store in
      (
        try await store.load(FactKeys(requestIds: [id])).resizes[id],
        try await store.timeline(requestId: id)
      )
    }
    guard let resize else {
      throw Problem(
        .didNotWorkOut, "no resize \(id.printable) is in the database; check the id")
    }
    if json { return OutputChannel.standard.json(Self.json(resize, rows)) }
    show(resize, rows, settings.style)
  }

  private func show(_ resize: Resize, _ rows: [TimelineRow], _ style: TextStyle) {
    let output = OutputChannel.standard
    output.line(
      "\(resize.requestId): \(resize.request.instanceId) of \(resize.request.tenantId) to "
        + resize.request.target.summary)
    output.line("state    " + style.paint(resize.state.rawValue, resize.state.tone))
    if let quote = resize.assessment?.quote {
      output.line("money    " + style.paint(quote.summary, quote.tone))
      if let end = quote.newExpiresAt { output.line("expires  \(end.rfc3339)") }
    }
    if let reason = resize.reason {
      output.line("reason   \(reason.code): \(reason.message.printable)")
    }
    if let attention = resize.attention {
      output.line(
        style.paint("ATTENTION  \(attention.code): \(attention.message.printable)", .bad))
    }
    if let lines = resize.assessment?.lines, !lines.isEmpty {
      output.write("\n" + TextTable(explaining: lines).text(style))
    }
    guard !rows.isEmpty else { return }
    var timeline = TextTable(
      .init("AT"), .init("WHAT HAPPENED"), .init("STATE", leftOut: 2), .init("WORKER", leftOut: 1),
      .init("DETAIL"))
    for row in rows {
      timeline.append(
        .init(row.entry.at.instant.rfc3339), .init(row.entry.event),
        .init(row.entry.state.rawValue, row.entry.state.tone), .init(String(row.workerName)),
        .init(row.entry.detail ?? ""))
    }
    output.write("\n" + timeline.text(style))
  }

  /// The data of its `resize.status.v1`, with the timeline beside it.
  static func json(_ resize: Resize, _ rows: [TimelineRow]) -> JSONValue {
    let status = OutgoingEventEncoder().encode(
      .status(StatusReport(of: resize), replyTo: nil), at: resize.updatedAt)
    let event = status.first.flatMap { try? JSONParser.parse($0.body) }
    let timeline = rows.map { row in
      JSONValue.object(some: [
        ("at", .string(row.entry.at.instant.rfc3339)), ("event", .string(row.entry.event)),
        ("state", .string(row.entry.state.rawValue)), ("worker", .string(String(row.workerName))),
        ("detail", row.entry.detail.map { .string($0) }),
      ])
    }
    return .object(
      (event?["data"]?.members ?? []) + [JSONMember("timeline", .array(timeline))])
  }
}
