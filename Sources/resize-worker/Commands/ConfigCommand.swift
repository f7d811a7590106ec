import ArgumentParser
import Contracts

struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Show what is configured, and what can be.",
    subcommands: [Show.self, Reference.self])

  /// `config show`
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Every setting with its value and where that came from; secrets are hidden.",
      discussion: """
        Examples:
          resize-worker config show
          resize-worker config show --config worker.yaml --json
        """)

    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup var broker: BrokerFlags
    @OptionGroup var store: StoreFlags
    @OptionGroup var catalog: CatalogFlags
    @OptionGroup var worker: WorkerFlags
    @OptionGroup var log: LogFlags
    @OptionGroup var events: EventFlags
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      let settings = try configuration.settings(broker, store, catalog, worker, log, events)
      if json {
        let members = Setting.all.map { setting in
          JSONMember(
            setting.name,
            .object([
              JSONMember("value", settings.shown(setting).map { .string($0) } ?? .null),
              JSONMember("from", settings[setting].map { .string($0.origin) } ?? .null),
            ]))
        }
        return OutputChannel.standard.json(.object(members))
      }
      var table = TextTable(.init("SETTING"), .init("VALUE"), .init("FROM"))
      for setting in Setting.all {
        let value = TextTable.Cell(settings.shown(setting) ?? "–")
        table.append(
          .init(setting.name), value, .init(settings[setting]?.origin ?? "not set", .quiet))
      }
      OutputChannel.standard.write(table.text(settings.style))
    }
  }

  /// `config reference`
  struct Reference: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "All settings as a table in Markdown, as the README has it.")

    func run() async throws {
      OutputChannel.standard.write(Setting.reference)
    }
  }
}

extension Settings {
  /// A value as it may be seen; the address of the broker without its password, other secrets not
  /// at all.
  func shown(_ setting: Setting) -> String? {
    guard let entry = self[setting] else { return nil }
    if setting == .brokerURL {
      return (try? brokerAddress()).map { "\($0)" } ?? "(not a valid address)"
    }
    if setting == .storeURL {
      switch try? storeLocation() {
      case .sqlite: return entry.value.text
      case .postgres(let configuration): return configuration.address
      case nil: break
      }
    }
    return setting.isSecret ? "(hidden)" : entry.value.text
  }

  /// Colours for standard output, if it wants any.
  var style: TextStyle { TextStyle(for: .standard, environment: environment) }
}

extension Setting {
  /// The table of all settings in Markdown.
  static var reference: String {
    var text = "| Setting | Environment | Value | Default | What it is for |\n|-|-|-|-|-|\n"
    for setting in all {
      let environment =
        "`\(setting.environmentName)`" + (setting.isSecret ? " or `…_FILE`" : "")
      let defaultText = setting.defaultText.isEmpty ? "–" : "`\(setting.defaultText)`"
      text +=
        "| `\(setting.name)` | \(environment) | \(setting.kind.description) | \(defaultText) "
        + "| \(setting.explanation) |\n"
    }
    return text
  }
}
