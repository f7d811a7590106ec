import AMQP
import Contracts
import Foundation
import Storage
import StoragePostgres

/// Queues, exchanges and a database of a benchmark's own, beside those of the installation: on the
/// same broker and the same disk, and gone afterwards.
struct BenchSite: Sendable {
  let settings: Settings
  let names: ChannelNames
  private let location: StoreLocation
  private let client: TopologyClient

  /// - Parameter settings: Those of the installation.
  init(beside settings: Settings) throws {
    let suffix = "bench-" + String(UInt32.random(in: .min ... .max), radix: 36)
    let prefix = settings.channelNames.prefix + ".\(suffix)"
    var own = try settings.replacing(.brokerPrefix, by: prefix, origin: "bench")
    // Nobody answers here: asked again and again, payments would fail and open the breaker amidst a run.
    own = try own.replacing(.paymentTimeout, by: "24h", origin: "bench")
    // On PostgreSQL the prefix names the schema; a file needs a name of its own.
    if case .sqlite(let file) = try settings.storeLocation() {
      own = try own.replacing(.storeURL, by: "sqlite:\(file).\(suffix)", origin: "bench")
    }
    self.settings = own
    location = try own.storeLocation()
    names = self.settings.channelNames
    client = try settings.topologyClient()
  }

  /// Runs `body` between declaring and deleting everything.
  func with<Value: Sendable>(_ body: (any Store) async throws -> Value) async throws -> Value {
    do {
      try await client.declare(ResizeTopology.topology(names))
      let store = try await settings.openStore()
      let value: Value
      do {
        value = try await body(store)
      } catch {
        await store.close()
        throw error
      }
      await store.close()
      try await remove()
      return value
    } catch {
      // The first error is the one to tell.
      try? await remove()
      throw error
    }
  }

  /// Throws away what a run has left in the queues.
  func purge() async throws {
    for queue in ResizeTopology.topology(names).queues { try await client.purge(queue.name) }
  }

  private func remove() async throws {
    let topology = ResizeTopology.topology(names)
    for queue in topology.queues { try await client.delete(queue: queue.name) }
    for exchange in topology.exchanges { try await client.delete(exchange: exchange.name) }
    switch location {
    case .sqlite(let file): try remove(file)
    case .postgres(let configuration): try await PostgresStore.remove(configuration)
    }
  }

  private func remove(_ file: String) throws {
    let database = URL(filePath: file)
    let folder = database.deletingLastPathComponent()
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
    where name.hasPrefix(database.lastPathComponent) {
      try FileManager.default.removeItem(at: folder.appending(path: name))
    }
  }
}
