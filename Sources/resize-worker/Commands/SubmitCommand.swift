import ArgumentParser
import Contracts
import Resizing

struct SubmitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit",
    abstract: "Ask for resizes: one by flags, or a file of them; confirmed by the broker.",
    discussion: """
      A file has the data of one request a line, as in resize.requested.v1. Beside it a line may \
      say "expected", such as {"status": "completed", "amount": "197.66"}, and "after", such as \
      {"requestId": "r-1", "status": "awaitingPayment"}, to be sent only when that was seen.

      Examples:
        resize-worker submit --tenant acme --instance ins-web --spec S5.LARGE8 --wait
        resize-worker submit --tenant acme --instance wh-1 --units 50 --dry-run
        resize-worker submit --file requests.jsonl
        generate-requests | resize-worker submit --file - --wait --timeout 10m
      """)

  @Option(help: "A file with a request a line; - is standard input.") var file: String?

  @Option(help: "The instance to resize.") var instance: String?
  @Option(help: "Whose instance it is.") var tenant: String?
  @Option(help: "The specification it shall become.") var spec: String?
  @Option(help: "The number of units it shall have.") var units: Int?
  @Option(help: "The bandwidth it shall have, in Mbps.") var mbps: Int?
  @Option(help: "The request's id: repeated, it is the same request. (else a new one)")
  var id: String?
  @Option(help: "The billing mode that is relied on: prepaid or postpaid.") var mode: String?
  @Option(help: "A voucher, such as 50.00USD.") var voucher: MoneyArgument?
  @Option(help: "The most that may be charged, such as 250.00USD.") var maxCharge: MoneyArgument?
  @Flag(help: "Only a quote.") var dryRun = false

  @Flag(help: "Wait for the end of every request, and show what became of it.") var wait = false
  @Option(help: "Give up when nothing has happened for so long.")
  var timeout = DurationArgument(seconds: 60)
  @Flag(help: "Print JSON, a line a request.") var json = false

  @OptionGroup var configuration: ConfigurationFlag
  @OptionGroup(title: "Broker") var broker: BrokerFlags

  func validate() throws {
    let hasFlags =
      instance != nil || tenant != nil || spec != nil || units != nil || mbps != nil || id != nil
      || mode != nil || voucher != nil || maxCharge != nil || dryRun
    guard (file != nil) != hasFlags else {
      throw ValidationError("Name a --file of requests, or describe one request by flags.")
    }
    guard file == nil else { return }
    guard instance != nil, tenant != nil else {
      throw ValidationError("A request needs --tenant and --instance.")
    }
    guard spec != nil || units != nil || mbps != nil else {
      throw ValidationError("Say what it shall become: --spec, --units or --mbps.")
    }
  }

  func run() async throws {
    let settings = try configuration.settings(broker)
    let items =
      if let file {
        try SubmissionItem.read(try InputFile.read(file), from: file, at: .now)
      } else {
        [try SubmissionItem(data: data, at: .now)]
      }
    if !wait, items.contains(where: { $0.precursor != nil || $0.expected != nil }) {
      throw Problem(.usage, "the requests say \"after\" or \"expected\"; add --wait")
    }
    var run = try SubmissionRun(items, settings, waits: wait, patience: timeout.duration)
    let submission = try await run.run()
    let report = SubmissionReport(submission: submission)
    if json { report.writeJSON(to: .standard) }
    if wait {
      if !json { OutputChannel.standard.write(report.text.text(settings.style)) }
      return try report.judge()
    }
    guard submission.isDone else {
      let missing = submission.entries.count - submission.confirmedCount
      throw Problem(.unreachable, "\(missing.grouped) requests were not confirmed in time")
    }
    if json { return }
    OutputChannel.standard.line(
      items.count == 1
        ? items[0].request.requestId
        : "\(items.count.grouped) requests are confirmed by the broker")
  }

  private var data: [JSONMember] {
    let target = JSONValue.object(some: [
      ("spec", spec.map { .string($0) }), ("units", units.map { .number(String($0)) }),
      ("mbps", mbps.map { .number(String($0)) }),
    ])
    return JSONValue.object(some: [
      ("requestId", id.map { .string($0) }), ("tenantId", tenant.map { .string($0) }),
      ("instanceId", instance.map { .string($0) }), ("target", target),
      ("billingMode", mode.map { .string($0) }), ("voucher", voucher?.json),
      ("maxCharge", maxCharge?.json), ("dryRun", dryRun ? .bool(true) : nil),
    ]).members ?? []
  }
}

extension MoneyArgument {
  fileprivate var json: JSONValue {
    .object([
      JSONMember("currency", .string(money.currency.code)),
      JSONMember("value", .string(money.value)),
    ])
  }
}
