import AMQP
import ArgumentParser
import Contracts

struct TopologyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "topology",
    abstract: "Declare, show or check the queues and exchanges on the broker.",
    subcommands: [Apply.self, Show.self, Check.self])

  /// `topology apply`
  struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Create what is missing; what exists stays as it is.",
      discussion: """
        Examples:
          resize-worker topology apply
          resize-worker topology apply --broker-prefix staging
        """)

    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Broker") var broker: BrokerFlags

    func run() async throws {
      let settings = try configuration.settings(broker)
      let topology = ResizeTopology.topology(settings.channelNames)
      try await settings.topologyClient().declare(topology)
      OutputChannel.standard.line(
        "\(topology.exchanges.count) exchanges and \(topology.queues.count) queues are on "
          + "\(try settings.brokerAddress())")
    }
  }

  /// `topology show`
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print what `apply` declares; nothing is asked of the broker.",
      discussion: """
        Examples:
          resize-worker topology show
          resize-worker topology show --json > definitions.json  # for load_definitions
        """)

    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Broker") var broker: BrokerFlags
    @Flag(help: "Print RabbitMQ definitions in JSON.") var json = false

    func run() async throws {
      let settings = try configuration.settings(broker)
      let topology = ResizeTopology.topology(settings.channelNames)
      if json {
        let virtualHost = try settings.brokerAddress().virtualHost
        return OutputChannel.standard.indentedJSON(topology.definitions(virtualHost: virtualHost))
      }
      OutputChannel.standard.write(topology.table.text(settings.style))
    }
  }

  /// `topology check`
  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compare with the broker; exit status 1 where something differs.",
      discussion: """
        Exchanges and queues are looked at, bindings cannot be asked for. An account without the \
        right to configure sees what is there, not how it was declared.

        Examples:
          resize-worker topology check && echo all is there
          resize-worker topology check --json
        """)

    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Broker") var broker: BrokerFlags
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      let settings = try configuration.settings(broker)
      let topology = ResizeTopology.topology(settings.channelNames)
      let problems = try await settings.topologyClient().check(topology)
      if json { OutputChannel.standard.json(.array(problems.map(\.json))) }
      if problems.isEmpty {
        guard !json else { return }
        return OutputChannel.standard.line(
          "the broker has \(topology.exchanges.count) exchanges and \(topology.queues.count) queues "
            + "as they should be; its bindings cannot be asked for, but `resize-worker topology apply` "
            + "makes those that are missing")
      }
      if !json {
        var table = TextTable(.init("WHAT"), .init("IS"), .init("THE BROKER SAYS"))
        for problem in problems {
          table.append(
            .init(problem.subject),
            .init(problem.kind.rawValue, problem.kind == .notCompared ? .notable : .bad),
            .init(problem.kind == .missing ? "" : problem.detail))
        }
        OutputChannel.standard.write(table.text(settings.style))
      }
      throw Problem(.didNotWorkOut, TopologyCommand.advice(problems))
    }
  }

  /// What to do about differences.
  static func advice(_ problems: [TopologyProblem]) -> String {
    let kinds = Set(problems.map(\.kind))
    if kinds.contains(.differs) {
      return "something was declared otherwise; empty and delete it, then run `topology apply`"
    }
    if kinds.contains(.missing) {
      let whose = kinds == [.missing] ? "" : " with an account that may declare"
      return "something is missing; run `resize-worker topology apply`" + whose
    }
    if kinds.contains(.notAllowed) {
      return "the account may not look at all of it; grant it, or look with another one"
    }
    return
      "all of it is there, but the account may not declare, so it was not compared; check with "
      + "one that may"
  }
}

extension Topology {
  /// One row an exchange or queue.
  var table: TextTable {
    var table = TextTable(
      .init("WHAT"), .init("NAME"), .init("TYPE"), .init("BOUND TO / ARGUMENTS"))
    for exchange in exchanges {
      table.append("exchange", .init(exchange.name), .init(exchange.kind.rawValue), "")
    }
    for queue in queues {
      let bound = bindings.filter { $0.queue == queue.name }.map { binding in
        binding.exchange + (binding.routingKey.isEmpty ? "" : " (\(binding.routingKey))")
      }
      let arguments = queue.arguments.fields.filter { $0.name != "x-queue-type" }.map { field in
        let value = field.value.string ?? field.value.int.map { String($0) } ?? "…"
        return "\(field.name.dropFirst(2))=\(value)"
      }
      table.append(
        "queue", .init(queue.name), .init(queue.arguments["x-queue-type"]?.string ?? "classic"),
        .init((bound + arguments).joined(separator: ", ")))
    }
    return table
  }
}

extension TopologyProblem {
  fileprivate var json: JSONValue {
    .object([
      JSONMember("subject", .string(subject)), JSONMember("kind", .string(kind.rawValue)),
      JSONMember("detail", .string(detail)),
    ])
  }
}
