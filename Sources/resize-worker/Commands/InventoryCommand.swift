import ArgumentParser
import Billing
import Contracts
import Resizing
import Storage

struct InventoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inventory",
    abstract: "Import, list or show the instances that can be resized.",
    subcommands: [Import.self, List.self, Show.self])

  /// `inventory import`
  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Bring instances into the database; what is not newer than the stored one is left.",
      discussion: """
        A record is {"revision": 7, "instance": {…}} or a removal as in instance.changed.v1, or the \
        instance itself. One without a revision always counts as newer.

        Examples:
          resize-worker inventory import instances.json
          export-instances | resize-worker inventory import -
        """)

    @Argument(help: "A list in JSON or YAML, or a record a line; - is standard input.")
    var file: String
    @Flag(help: "Read times such as \"now-121d\" as relative to now.") var template = false
    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Database") var store: StoreFlags

    func run() async throws {
      let settings = try configuration.settings(store)
      let inventory = try InventoryRecords(
        try InputFile.read(file), from: file, template: template)
      let done = try await settings.withStore(creates: true) { store in
        var work = InventoryImport()
        try await work.bring(inventory.entries, into: store)
        return work
      }
      OutputChannel.standard.line(
        "\(done.changedCount.counted("instance")) new or changed, "
          + "\(done.unchangedCount.grouped) as before")
    }
  }

  /// `inventory list`
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The instances by their ids.",
      discussion: """
        Examples:
          resize-worker inventory list
          resize-worker inventory list --after ins-web --limit 20 --json
        """)

    @Option(help: "Begin after this id.") var after: String?
    @Option(help: "List at most so many, 1 to 1000000.") var limit = RowLimit(100)
    @Flag(help: "Print JSON, a line an instance.") var json = false
    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Database") var store: StoreFlags

    func run() async throws {
      let settings = try configuration.settings(store)
      let records = try await settings.withStore { store in
        try await store.instances(after: after, limit: limit.count)
      }
      if json {
        for record in records { OutputChannel.standard.json(record.json) }
        return
      }
      var table = TextTable(
        .init("INSTANCE"), .init("TENANT", leftOut: 3), .init("PRODUCT", leftOut: 2), .init("IS"),
        .init("STATE"), .init("BILLING", leftOut: 1), .init("EXPIRES"), .init("LIVE RESIZE"))
      for record in records {
        let instance = record.instance
        table.append(
          .init(instance.instanceId), .init(instance.tenantId), .init(instance.product),
          .init(instance.subscription.configuration.summary), .init(record.state),
          .init(instance.billingMode.rawValue), .init(instance.subscription.expiryText),
          .init(record.liveResize ?? ""))
      }
      OutputChannel.standard.write(table.text(settings.style))
      if records.count == limit.count, let last = records.last {
        OutputChannel.error.line("there may be more: --after \(last.instance.instanceId)")
      }
    }
  }

  /// `inventory show`
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "All that is known of one instance, in JSON.",
      discussion: """
        Examples:
          resize-worker inventory show ins-web
        """)

    @Argument(help: "The instance's id.") var id: String
    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Database") var store: StoreFlags

    func run() async throws {
      let settings = try configuration.settings(store)
      let record = try await settings.withStore { store in
        try await store.load(FactKeys(instanceIds: [id])).instances[id]
      }
      guard let record else {
        throw Problem(
          .didNotWorkOut, "instance \(id.printable) is not in the database; check the id")
      }
      OutputChannel.standard.indentedJSON(record.json)
    }
  }
}
