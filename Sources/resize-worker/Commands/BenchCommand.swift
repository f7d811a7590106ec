import ArgumentParser
import Foundation

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure a worker on your broker and your store, and tell what limits it.",
    discussion: """
      Works on queues, exchanges and a database of its own beside yours, on the same broker and \
      disk, and deletes them afterwards. Leaves out the broker, then the disk, to see which of \
      them holds it up. Other load on broker or machine is measured with it.

      Examples:
        resize-worker bench
        resize-worker bench --requests 100000 --message-size 4096
        resize-worker bench --config worker.yaml --json
      """)

  @Option(help: "How many requests each run has.") var requests = 20_000
  @Option(help: "What a request is padded to, in bytes.") var messageSize = 600
  @Flag(help: "Print JSON.") var json = false

  @OptionGroup var configuration: ConfigurationFlag
  @OptionGroup(title: "Broker") var broker: BrokerFlags
  @OptionGroup(title: "Database") var store: StoreFlags
  @OptionGroup(title: "Worker") var worker: WorkerFlags

  func validate() throws {
    guard (100...1_000_000).contains(requests) else {
      throw ValidationError("--requests should be 100 to 1000000.")
    }
    guard (0...1_048_576).contains(messageSize) else {
      throw ValidationError("--message-size should be 0 to 1048576 bytes.")
    }
  }

  func run() async throws {
    let settings = try configuration.settings(broker, store, worker)
    let site = try BenchSite(beside: settings)
    let run = BenchRun(
      site: site, count: requests, messageSize: messageSize,
      processorCount: ProcessInfo.processInfo.activeProcessorCount)
    let report = BenchReport(try await site.with { try await run.measure($0) })
    if json {
      OutputChannel.standard.indentedJSON(report.json)
    } else {
      OutputChannel.standard.write(report.text(settings.style))
    }
  }
}
