import ArgumentParser

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look at all that a worker needs, and say what to do about what is wrong.",
    discussion: """
      Ends with 0 where a worker could run, else with the status of the first thing that is bad.

      Examples:
        resize-worker doctor
        resize-worker doctor --config worker.yaml --json
      """)

  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var configuration: ConfigurationFlag
  @OptionGroup(title: "Broker") var broker: BrokerFlags
  @OptionGroup(title: "Database") var store: StoreFlags
  @OptionGroup(title: "Catalogue") var catalog: CatalogFlags

  func run() async throws {
    let settings = try configuration.settings(broker, store, catalog)
    let findings = await Diagnosis(settings: settings).findings()
    if json {
      OutputChannel.standard.json(.array(findings.map(\.json)))
    } else {
      show(findings, settings.style)
    }
    let bad = findings.filter { $0.verdict == .bad }
    guard let first = bad.first else { return }
    throw ExitCode((first.status == .done ? .didNotWorkOut : first.status).rawValue)
  }

  private func show(_ findings: [Finding], _ style: TextStyle) {
    let width = findings.reduce(0) { max($0, $1.subject.displayWidth) }
    for finding in findings {
      let (mark, tone): (String, TextStyle.Tone) =
        switch finding.verdict {
        case .good: ("ok  ", .good)
        case .notable: ("look", .notable)
        case .bad: ("BAD ", .bad)
        }
      OutputChannel.standard.line(
        style.paint(mark, tone) + "  " + finding.subject.padded(to: width) + "  "
          + finding.text.printable)
    }
  }
}
