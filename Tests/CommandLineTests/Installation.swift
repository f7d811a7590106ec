import AMQP
import BrokerFixture
import Contracts
import Testing

@testable import resize_worker

/// Queues, a database, a catalogue and instances of one test's own, on the broker all tests share.
struct Installation: Sendable {
  let names = ChannelNames(prefix: PrivateBroker.uniqueName("cli"))
  let folder: Program.Folder
  let address: BrokerAddress
  let environment: [String: String]

  init() async throws {
    folder = try Program.Folder()
    address = try await PrivateBroker.shared().address
    environment = [
      "RESIZE_WORKER_BROKER_URL": address.url,
      "RESIZE_WORKER_BROKER_PREFIX": names.prefix,
      "RESIZE_WORKER_STORE_URL": "sqlite:\(folder.path)/store.sqlite",
      "RESIZE_WORKER_CATALOG_PATH": try folder.file("catalog.yaml", Self.catalog),
    ]
  }

  /// With queues and instances in place.
  static func prepared() async throws -> Installation {
    let installation = try await Installation()
    let inventory = try installation.folder.file("inventory.json", Self.inventory)
    for arguments in [["topology", "apply"], ["inventory", "import", inventory]] {
      let ending = try await installation.run(arguments: arguments)
      guard ending.status == 0 else { throw Problem(.didNotWorkOut, ending.errors) }
    }
    return installation
  }

  var client: TopologyClient {
    TopologyClient(at: address, settings: ConnectionSettings(name: "test"))
  }

  func run(_ arguments: String..., input: String = "") async throws -> Program.Ending {
    try await run(arguments: arguments, input: input)
  }

  func run(arguments: [String], input: String = "") async throws -> Program.Ending {
    try await Program.run(arguments: arguments, input: input, environment: environment)
  }

  /// Runs a command that waits for statuses, and another one over and over until it has ended: nobody
  /// outside can tell when the first has subscribed.
  func run(
    _ arguments: [String], input: String = "", whileRepeating other: [String]
  ) async throws -> Program.Ending {
    try await withThrowingTaskGroup(of: Program.Ending?.self) { group in
      group.addTask { try await run(arguments: arguments, input: input) }
      group.addTask {
        while !Task.isCancelled { _ = try await run(arguments: other) }
        return nil
      }
      let first = try await group.next() ?? nil
      group.cancelAll()
      guard let first else { throw Problem(.didNotWorkOut, "the wrong one has ended") }
      return first
    }
  }

  /// Runs `body` beside a worker, which has to end with 0 when it is told to stop.
  /// - Parameter redirection: Where the worker's log goes, as bash has it; nil keeps it.
  func withWorker(redirection: String? = nil, _ body: () async throws -> Void) async throws {
    let worker =
      if let redirection {
        try Program.start(
          shell: "exec \"$0\" run --worker-name worker-1 \(redirection)", environment: environment)
      } else {
        try Program.start("run", "--worker-name", "worker-1", environment: environment)
      }
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
    worker.terminate()
    let ending = try await worker.ending()
    #expect(ending.status == 0, "\(ending.errors)")
    try outcome.get()
  }

  private static let catalog = """
    name: test
    currency: USD
    products:
      hourly:
        timeZone: UTC
        upgrade: { policy: dailyDifferential }
        downgrade: { policy: unusedValueRefund }
        requires: { states: [stopped] }
        specs:
          small: { monthly: "10", hourly: [{ price: "0.04" }] }
          large: { monthly: "20", hourly: [{ price: "0.12" }] }
      yearly:
        timeZone: UTC
        upgrade: { policy: dailyDifferential }
        downgrade: { policy: unusedValueRefund }
        specs:
          small: { monthly: "10", hourly: [{ price: "0.04" }] }
          large: { monthly: "20", hourly: [{ price: "0.12" }] }

    """

  private static let inventory = """
    [
      {"instanceId": "stopped", "tenantId": "t", "product": "hourly", "spec": "small",
       "billingMode": "postpaid", "state": "stopped"},
      {"instanceId": "running", "tenantId": "t", "product": "hourly", "spec": "small",
       "billingMode": "postpaid", "state": "running"},
      {"instanceId": "paid", "tenantId": "t", "product": "yearly", "spec": "small",
       "billingMode": "prepaid", "state": "stopped", "orders": [{"orderId": "o-1",
       "startsAt": "2020-01-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z", "paidCash": "1.00"}]}
    ]
    """
}

extension BrokerAddress {
  /// As a configuration has it, the password included.
  var url: String {
    let path = virtualHost == "/" ? "" : "/" + virtualHost
    return "\(tls == nil ? "amqp" : "amqps")://\(user):\(password)@\(host):\(port)\(path)"
  }
}
