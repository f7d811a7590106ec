import ArgumentParser
import Billing
import Contracts
import Resizing
import Storage

struct QuoteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quote",
    abstract: "Say what a resize would cost or give back; nothing is sent or changed.",
    discussion: """
      Examples:
        resize-worker quote --instance ins-web --to S5.LARGE8
        resize-worker quote --instance wh-1 --units 50 --at 2026-12-01T00:00:00Z
        resize-worker quote --instance ins-web --all
        resize-worker quote --scenarios cases.jsonl > answers.jsonl
        resize-worker quote --scenarios cases.jsonl --check
      """)

  @OptionGroup var configuration: ConfigurationFlag
  @OptionGroup(title: "Database") var store: StoreFlags
  @OptionGroup(title: "Catalogue") var catalog: CatalogFlags

  @Option(help: "Answer every line of this file of scenarios; - is standard input.")
  var scenarios: String?
  @Flag(
    help: "With --scenarios: say where answers differ from \"expected\", instead of printing them.")
  var check = false

  @Option(help: "An instance of the inventory.") var instance: String?
  @Option(help: "The specification it shall become.") var to: String?
  @Option(help: "The number of units it shall have.") var units: Int?
  @Option(help: "The bandwidth it shall have, in Mbps.") var mbps: Int?
  @Flag(help: "Everything it could become, as a price list.") var all = false
  @Option(help: "The time of the resize, such as 2026-11-20T08:00:00Z. (default: now)")
  var at: TimeArgument?
  @Option(help: "A voucher, such as 50.00USD.") var voucher: MoneyArgument?
  @Option(help: "The most that may be charged, such as 250.00USD.") var maxCharge: MoneyArgument?
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    let asksForOne = to != nil || units != nil || mbps != nil
    guard scenarios != nil || instance != nil else {
      throw ValidationError("Say --scenarios FILE, or --instance ID.")
    }
    if scenarios != nil, instance != nil || asksForOne || all {
      throw ValidationError("--scenarios has its instances and targets in the file.")
    }
    if instance != nil, !asksForOne, !all {
      throw ValidationError("Say what it shall become: --to SPEC, --units N, --mbps N, or --all.")
    }
    if check, scenarios == nil { throw ValidationError("--check needs --scenarios.") }
  }

  func run() async throws {
    if let scenarios {
      try await answer(scenarios)
    } else if let instance {
      try await quote(instance)
    }
  }

  private func answer(_ path: String) async throws {
    let bytes = try InputFile.read(path)
    let comparison = await ScenarioRun(checks: check).answer(bytes) { answers in
      if !check { OutputChannel.standard.write(answers) }
    }
    guard check else { return }
    let differences = comparison.differences
    for difference in differences { OutputChannel.standard.line(difference) }
    let compared = comparison.comparedCount.counted("scenario")
    guard comparison.comparedCount > 0 else {
      throw Problem(.usage, "\(path) has no scenario with \"expected\" in it; nothing was compared")
    }
    guard differences.isEmpty else {
      throw Problem(.didNotWorkOut, "\(differences.count.counted("difference")) in \(compared)")
    }
    OutputChannel.standard.line("\(compared) answered as expected")
  }

  private func quote(_ instanceId: String) async throws {
    let settings = try configuration.settings(store, catalog)
    let machine = ResizeMachine(rules: ResizeRules(), catalogs: try settings.catalogHistory())
    let record = try await settings.withStore { store throws in
      try await store.load(FactKeys(instanceIds: [instanceId])).instances[instanceId]
    }
    guard let record, !record.isRemoved else {
      throw Problem(
        .didNotWorkOut,
        "instance \(instanceId) is not in the inventory; see `resize-worker inventory list`")
    }
    let asked = Offer.Asked(
      machine: machine, now: at?.instant ?? .now, voucher: voucher?.money,
      maxCharge: maxCharge?.money)
    if all {
      let offers = try Offer.all(for: record, mbps: mbps, asked)
      if json { return OutputChannel.standard.json(.array(offers.map(\.json))) }
      return OutputChannel.standard.write(TextTable(offers).text(settings.style))
    }
    let offer = Offer(ResizeTarget(spec: to, units: units, mbps: mbps), for: record, asked)
    try show(offer, of: record, settings)
  }

  private func show(_ offer: Offer, of record: InstanceRecord, _ settings: Settings) throws {
    if json { OutputChannel.standard.json(offer.json) }
    switch offer.answer {
    case .success(let found) where !json:
      let style = settings.style
      OutputChannel.standard.line(
        "\(record.instance.instanceId) to \(offer.target.summary): "
          + style.paint(found.quote.summary, found.quote.tone))
      if let end = found.quote.newExpiresAt {
        OutputChannel.standard.line("it then expires at \(end.rfc3339)")
      }
      OutputChannel.standard.write("\n" + TextTable(explaining: found.lines).text(style))
    case .success: break
    case .failure(let rejection):
      if json { throw ExitCode(ExitStatus.didNotWorkOut.rawValue) }
      throw Problem(
        .didNotWorkOut, "\(rejection.reason.code): \(rejection.reason.message)")
    }
  }
}
