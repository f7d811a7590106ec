import AMQP
import ArgumentParser
import Logging
import Sandbox
import ServiceLifecycle

struct SandboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract: "Play the payment service and the control plane, with faults on demand.",
    discussion: """
      Answers what the workers ask for, until told to stop. Money moves once for an idempotency key, \
      however often it is asked for; --journal keeps a line for each movement. Some tenants are \
      scripted: tenant-declined, tenant-flaky (the first attempt fails), tenant-silent (the first \
      attempt is not answered), tenant-slow (answers take three seconds).

      Examples:
        resize-worker sandbox
        resize-worker sandbox --failed 20 --unanswered 5 --duplicated 5 --delay 500
        resize-worker sandbox --journal movements.jsonl
      """)

  @Option(help: ArgumentHelp("Payments and refunds that fail for now.", valueName: "percent"))
  var failed = 0
  @Option(help: ArgumentHelp("Payments that are declined for good.", valueName: "percent"))
  var declined = 0
  @Option(help: ArgumentHelp("Answers that never come, though done.", valueName: "percent"))
  var unanswered = 0
  @Option(help: ArgumentHelp("Answers that come twice.", valueName: "percent"))
  var duplicated = 0
  @Option(help: ArgumentHelp("Changes that cannot be applied.", valueName: "percent"))
  var applyFailed = 0
  @Option(help: ArgumentHelp("The longest an answer takes.", valueName: "milliseconds"))
  var delay: Int64 = 0
  @Option(help: "What the faults are drawn from, with the message.") var seed: UInt64 = 1
  @Option(
    help: ArgumentHelp(
      "Note every movement of money at the end of this file.", valueName: "file"))
  var journal: String?
  @OptionGroup var configuration: ConfigurationFlag
  @OptionGroup(title: "Broker") var broker: BrokerFlags
  @OptionGroup(title: "Log") var log: LogFlags

  func validate() throws {
    let shares = [failed, declined, unanswered, duplicated, applyFailed]
    guard shares.allSatisfy({ (0...100).contains($0) }) else {
      throw ValidationError("A share of messages is a whole number from 0 to 100.")
    }
    guard (0...3_600_000).contains(delay) else {
      throw ValidationError("--delay is from 0 to 3600000 milliseconds.")
    }
  }

  func run() async throws {
    let settings = try configuration.settings(broker, log)
    let names = settings.channelNames
    let address = try settings.brokerAddress()
    let logger = settings.logger(worker: "sandbox")
    if settings.flag(.brokerDeclareTopology) {
      try await settings.topologyClient().declare(ResizeTopology.topology(names))
    }
    let consumer = try BrokerConsumer(
      SandboxService.queues(names).map { BrokerConsumer.Subscription(queue: $0) }, at: address,
      settings: settings.connection(for: "sandbox intake"))
    let publisher = try BrokerPublisher(
      at: address, settings: settings.connection(for: "sandbox relay"))
    let service = SandboxService(
      consumer: consumer, publisher: publisher, names: names, user: address.user, faults: faults,
      journal: try openJournal(), logger: logger)
    try publisher.start()
    try await publisher.firstAttempt()
    try consumer.start()
    try await consumer.firstAttempt()
    logger.info("answering as payment service and control plane on \(address)")
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [
          .init(
            service: ServiceUntilClosed(consumer: consumer, service: service),
            successTerminationBehavior: .gracefullyShutdownGroup)
        ],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: groupLogger))
    try await group.run()
  }

  private var groupLogger: Logger {
    var logger = Logger(label: "services")
    logger.logLevel = .error
    return logger
  }

  private var faults: SandboxFaults {
    SandboxFaults(
      failed: failed, unanswered: unanswered, duplicated: duplicated, declined: declined,
      applyFailed: applyFailed, delay: delay, seed: seed)
  }

  private func openJournal() throws(MovementJournalError) -> MovementJournal? {
    try journal.map { (path) throws(MovementJournalError) in try MovementJournal(path: path) }
  }
}

/// Runs the simulated services until the process is told to stop.
private struct ServiceUntilClosed: Service {
  let consumer: BrokerConsumer
  let service: SandboxService

  func run() async throws {
    try await withGracefulShutdownHandler {
      _ = try await service.run()
    } onGracefulShutdown: {
      consumer.close()
    }
  }
}
