import ArgumentParser

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Work: take requests, charge, apply, refund, report, until told to stop.",
    discussion: """
      Any number of workers may run on one broker and one database; each request is taken by \
      one. SIGTERM and SIGINT finish what is under way, then end it with 0.

      Examples:
        resize-worker run --config worker.yaml
        RESIZE_WORKER_BROKER_URL_FILE=/run/secrets/broker resize-worker run
        resize-worker run --worker-name w-2 --log-format json --apply-mode command
      """)

  @OptionGroup var configuration: ConfigurationFlag
  @OptionGroup(title: "Broker") var broker: BrokerFlags
  @OptionGroup(title: "Database") var store: StoreFlags
  @OptionGroup(title: "Catalogue") var catalog: CatalogFlags
  @OptionGroup(title: "Worker") var worker: WorkerFlags
  @OptionGroup(title: "Log") var log: LogFlags
  @OptionGroup(title: "Events") var events: EventFlags

  func run() async throws {
    let settings = try configuration.settings(broker, store, catalog, worker, log, events)
    try await RunningWorker(settings).run()
  }
}
