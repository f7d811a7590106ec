import AMQP
import BrokerFixture
import Contracts
import Foundation
import GRDB
import Testing

@testable import resize_worker

/// An installation of one test's own: queues, a database file, the example catalogue, instances.
struct Site: Sendable {
  let names = ChannelNames(prefix: PrivateBroker.uniqueName("e2e"))
  let folder: Folder
  let address: BrokerAddress
  let environment: [String: String]

  /// - Parameters:
  ///   - broker: nil is the one that all tests share.
  ///   - settings: by their names, such as `payments.timeout`.
  ///   - instances: What there is to be resized.
  init(
    on broker: PrivateBroker? = nil, _ settings: [String: String] = [:],
    instances: [ExampleInstance] = ExampleInstance.one
  ) async throws {
    folder = try Folder()
    if let broker {
      address = broker.address
    } else {
      address = try await PrivateBroker.shared().address
    }
    var environment = [
      "RESIZE_WORKER_BROKER_URL":
        "amqp://\(address.user):\(address.password)@\(address.host):\(address.port)",
      "RESIZE_WORKER_BROKER_PREFIX": names.prefix,
      "RESIZE_WORKER_STORE_URL": "sqlite:\(folder.path)/store.sqlite",
      "RESIZE_WORKER_CATALOG_PATH": Package.path + "/ops/demo/catalog.yaml",
    ]
    for (name, value) in settings {
      environment[try Self.variable(of: name)] = value
    }
    self.environment = environment
    try await declareTopology()
    guard !instances.isEmpty else { return }
    let lines = instances.map(\.line).joined(separator: "\n")
    let file = try folder.file("inventory.jsonl", lines + "\n")
    try await run("inventory", "import", "--template", file)
  }

  var client: TopologyClient {
    TopologyClient(at: address, settings: ConnectionSettings(name: "test"))
  }

  func declareTopology() async throws { try await client.declare(ResizeTopology.topology(names)) }

  func witness() async throws -> Witness { try await Witness(names, at: address) }

  /// Starts a subcommand that stays.
  func start(_ arguments: String...) throws -> ServerProcess {
    try ServerProcess(Package.program, arguments, environment: environment)
  }

  /// Starts a worker.
  func worker(_ name: String = "worker-1") throws -> ServerProcess {
    try worker(name, settings: [:])
  }

  /// Starts a worker with settings of its own, by their names, over those of the site.
  func worker(
    _ name: String = "worker-1", settings: [String: String]
  ) throws -> ServerProcess {
    try worker(
      name,
      environment: try Dictionary(
        uniqueKeysWithValues: settings.map { (try Self.variable(of: $0.key), $0.value) }))
  }

  /// Starts a worker with more variables in its environment.
  func worker(
    _ name: String = "worker-1", environment more: [String: String]
  ) throws -> ServerProcess {
    try ServerProcess(
      Package.program, ["run", "--worker-name", name],
      environment: environment.merging(more) { $1 })
  }

  private static func variable(of name: String) throws -> String {
    try #require(Setting.all.first { $0.name == name }, "no setting \(name)").environmentName
  }

  /// Runs a subcommand to its end, which has to be a good one.
  @discardableResult
  func run(_ arguments: String...) async throws -> String {
    let process = try ServerProcess(Package.program, arguments, environment: environment)
    let ending = await process.ending()
    try #require(ending == .exit(0), "\(arguments): \(process.log())")
    return try process.output()
  }

  /// Publishes messages in order and waits until the broker has them all.
  func send(_ messages: Message...) async throws { try await send(messages) }

  func send(_ messages: [Message]) async throws {
    let publisher = try BrokerPublisher(at: address, settings: ConnectionSettings(name: "test"))
    try publisher.start()
    defer { publisher.close() }
    try publisher.publish(
      messages.enumerated().map { index, message in
        OutgoingMessage(
          token: UInt64(index + 1), exchange: "", routingKey: names[keyPath: message.queue],
          isMandatory: message.properties.messageID != nil, properties: message.properties,
          body: message.body)
      })
    var confirmed = 0
    for await event in publisher.events {
      switch event {
      case .confirmed(let tokens): confirmed += tokens.count
      case .returned(let returned): throw Problem(.unreachable, "no queue takes \(returned)")
      case .nacked, .disconnected: throw Problem(.unreachable, "lost a message")
      case .connected, .blocked, .unblocked: break
      }
      if confirmed == messages.count { return }
    }
  }

  /// Reads the database beside the workers.
  func query(_ sql: String) throws -> [[String]] {
    var configuration = GRDB.Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(10)
    return try DatabaseQueue(path: folder.path + "/store.sqlite", configuration: configuration)
      .read { db in
        try Row.fetchAll(db, sql: sql).map { row in
          row.databaseValues.map { $0.isNull ? "" : "\($0.storage.value ?? "")" }
        }
      }
  }

  func count(_ sql: String) throws -> Int { Int(try query(sql).first?.first ?? "") ?? -1 }

  /// Waits until so many lie among the dead letters, or more. A witness may have seen one a good while
  /// before: a quorum queue has a message only when it is on disk.
  func hasDeadLetters(_ count: Int) async throws {
    var depth = 0
    let isSo = try await eventually {
      depth = try await client.depths(of: [names.deadLetters])[0].messageCount
      return depth >= count
    }
    #expect(isSo, "\(depth) dead letters instead of \(count)")
  }

  /// Waits until nothing is left to be sent.
  func outboxIsEmpty() async throws -> Bool {
    try await eventually { try unsent() == 0 }
  }

  /// How many messages the broker has not confirmed.
  func unsent() throws -> Int {
    try count("SELECT coalesce(sum(message_count), 0) FROM outbox")
  }
}

/// Tells a worker to stop, which it has to do in order.
func stop(_ workers: ServerProcess...) async {
  for worker in workers { worker.terminate() }
  for worker in workers {
    let ending = await worker.ending()
    #expect(ending == .exit(0), "\(worker.log())")
  }
}

/// An instance of the example catalogue.
struct ExampleInstance: Sendable {
  var id: String
  var line: String

  static let one = [prepaid("ins-1")]

  /// Can be made bigger, to `plus` for a charge, or smaller, to `basic` for a refund; may be running.
  static func prepaid(_ id: String, spec: String = "basic", tenant: String = "t") -> Self {
    ExampleInstance(
      id: id,
      line: """
        {"revision": 1, "instance": {"instanceId": "\(id)", "tenantId": "\(tenant)", \
        "product": "uhost", "spec": "\(spec)", "billingMode": "prepaid", "state": "running", \
        "startsAt": "now-10d", "expiresAt": "now+20d", "orders": [{"orderId": "o-1", \
        "kind": "purchase", "startsAt": "now-10d", "endsAt": "now+20d", "terms": 1, \
        "currency": "USD", "listAmount": "37.71", "paidCash": "37.71", "status": "paid"}]}}
        """)
  }

  /// Pays by the hour.
  static func postpaid(_ id: String) -> Self {
    ExampleInstance(
      id: id,
      line: """
        {"revision": 1, "instance": {"instanceId": "\(id)", "tenantId": "t", "product": "cvm", \
        "spec": "S5.MEDIUM2", "billingMode": "postpaid", "state": "stopped", "orders": []}}
        """)
  }
}
