import AMQP
import Contracts
import Storage
import StoragePostgres

/// Looks at everything a worker needs; one broken thing does not hide the next.
struct Diagnosis {
  let settings: Settings

  func findings() async -> [Finding] {
    var findings = configurationFindings()
    findings += await brokerFindings()
    findings.append(catalogFinding())
    findings += await storeFindings()
    return findings
  }

  /// What is configured in a way that works, but is hardly meant.
  private func configurationFindings() -> [Finding] {
    var findings = settings.strayVariables.map { Finding("environment", .notable, $0) }
    if settings.list(.trustedSettlements).isEmpty {
      findings.append(
        Finding(
          "trust", .notable,
          "settlements are believed whoever publishes them; name the payment service's account in "
            + "trust.settlements"))
    }
    do { _ = try settings.dashboardAddress() } catch { findings.append(Finding("http", error)) }
    return findings
  }

  private func brokerFindings() async -> [Finding] {
    let client: TopologyClient
    var findings: [Finding] = []
    do {
      client = try settings.topologyClient()
      let identity = try await client.probe()
      let address = try settings.brokerAddress()
      findings.append(
        Finding("broker", .good, "\(identity.product) \(identity.version) at \(address)"))
    } catch {
      return [Finding("broker", error)]
    }
    findings += await topologyFindings(client)
    findings.append(await publishingFinding())
    return findings
  }

  private func topologyFindings(_ client: TopologyClient) async -> [Finding] {
    let names = settings.channelNames
    let topology = ResizeTopology.topology(names)
    var findings: [Finding] = []
    do {
      let problems = try await client.check(topology)
      findings.append(topologyFinding(problems, topology))
      guard problems.allSatisfy({ $0.kind == .notCompared }) else { return findings }
      findings += depthFindings(try await client.depths(of: topology.queues.map(\.name)), names)
    } catch {
      findings.append(Finding("topology", error))
    }
    findings.append(await permissionFinding(client, names))
    return findings
  }

  /// A worker that is not to declare anything needs no right to.
  private var verdictWhereNotAllowed: Finding.Verdict {
    settings.flag(.brokerDeclareTopology) ? .bad : .notable
  }

  private func topologyFinding(_ problems: [TopologyProblem], _ topology: Topology) -> Finding {
    guard !problems.isEmpty else {
      return Finding(
        "topology", .good, "\(topology.queues.count.counted("queue")) as they should be")
    }
    let advice = TopologyCommand.advice(problems)
    let wrong = problems.filter { $0.kind != .notCompared }
    let shown = wrong.prefix(3).map { "\($0.subject) \($0.kind.rawValue)" }
    let more = wrong.count > 3 ? ["\(wrong.count - 3) more (see `topology check`)"] : []
    var finding =
      wrong.isEmpty
      ? Finding("topology", verdictWhereNotAllowed, advice)
      : Finding("topology", .bad, "\((shown + more).joined(separator: ", ")): \(advice)")
    finding.status = .didNotWorkOut
    return finding
  }

  private func depthFindings(_ depths: [QueueDepth], _ names: ChannelNames) -> [Finding] {
    var findings: [Finding] = []
    let byName = Dictionary(uniqueKeysWithValues: depths.map { ($0.queue, $0) })
    let consumers = byName[names.requests]?.consumerCount ?? 0
    let waiting = byName[names.requests]?.messageCount ?? 0
    findings.append(
      consumers > 0
        ? Finding(
          "workers", .good,
          "\(consumers.counted("consumer")) of \(names.requests), where \(waiting.grouped) wait")
        : Finding(
          "workers", .notable,
          "nobody consumes \(names.requests) (\(waiting.grouped) wait); start `resize-worker run`"))
    if byName[names.payments]?.consumerCount == 0 {
      findings.append(
        Finding(
          "payments", .notable,
          "nobody consumes \(names.payments); connect your payment service, or start the sandbox"))
    }
    if let dead = byName[names.deadLetters]?.messageCount, dead > 0 {
      findings.append(
        Finding(
          "dead letters", .notable,
          "\(dead.grouped) lie in \(names.deadLetters); see `resize-worker dead-letters list`"))
    }
    return findings
  }

  /// The longest name that is made of a prefix.
  static func probeQueue(_ names: ChannelNames, _ number: UInt64) -> String {
    "\(names.prefix).doctor-" + String(number, radix: 36)
  }

  /// Makes a queue, binds it and deletes it: what applying the topology and following results need.
  private func permissionFinding(_ client: TopologyClient, _ names: ChannelNames) async -> Finding {
    let queue = Self.probeQueue(names, UInt64.random(in: .min ... .max))
    do {
      try await client.declare(
        Topology(
          queues: [Topology.Queue(name: queue, arguments: ["x-expires": 60_000])],
          bindings: [
            Topology.Binding(exchange: names.results, queue: queue, routingKey: "doctor")
          ]))
      try await client.delete(queue: queue)
      return Finding("permissions", .good, "the account may declare, bind and read")
    } catch  where error.code == .permissionDenied {
      var finding = Finding("permissions", error)
      finding.verdict = verdictWhereNotAllowed
      finding.text += " A worker does without it where broker.declareTopology is false; `cancel`, "
      finding.text += "`watch` and `submit --wait` do not."
      return finding
    } catch {
      return Finding("permissions", error)
    }
  }

  /// Writes to every exchange that a worker writes to, in a way that nobody gets anything.
  private func publishingFinding() async -> Finding {
    let names = settings.channelNames
    let exchanges = [""] + ResizeTopology.topology(names).exchanges.map(\.name)
    do {
      let forbidden = try await PublishingTrial(settings).forbidden(among: exchanges)
      guard !forbidden.isEmpty else {
        return Finding("publishing", .good, "the account may write to every exchange")
      }
      let user = try settings.brokerAddress().user
      return Finding("publishing", notAllowing(user, toWriteTo: forbidden, names))
    } catch {
      return Finding("publishing", error)
    }
  }

  private func notAllowing(
    _ user: String, toWriteTo exchanges: [String], _ names: ChannelNames
  ) -> Problem {
    // What the broker calls the one without a name, in permissions, too.
    let list = exchanges.map { $0.isEmpty ? "amq.default" : $0 }.joined(separator: ", ")
    let use =
      exchanges.contains("")
      ? " (amq.default is the default exchange: answers to `reply_to` go through it, and what `submit`, "
        + "`cancel` and `dead-letters replay` send)" : ""
    let prefix = names.prefix.replacing(/[^A-Za-z0-9_-]/) { "\\" + $0.output }
    return Problem(
      .unreachable,
      "the account \(user) may not write to \(list)\(use); give it a write permission in RabbitMQ such as "
        + #"^(amq\.default$|\#(prefix)\.)"#)
  }

  private func catalogFinding() -> Finding {
    do {
      let history = try settings.catalogHistory()
      guard let current = history.version(at: .now) else {
        return Finding("catalogue", .bad, "no version of it holds now; add one that does")
      }
      let version = current.version.map { ", version \($0)" } ?? ""
      return Finding(
        "catalogue", .good,
        "\(current.name)\(version), \(current.products.count.counted("product"))")
    } catch {
      return Finding("catalogue", error)
    }
  }

  private func storeFindings() async -> [Finding] {
    do {
      let location = try settings.storeLocation()
      return try await settings.withStore { store in
        let statistics = try await store.statistics(now: .now)
        var findings = statistics.findings(try await store.switches(), at: location.description)
        findings.append(await writingFinding(store, location))
        guard let postgres = store as? PostgresStore else { return findings }
        return findings + (try await postgres.examination()).findings
      }
    } catch {
      return [Finding("database", error)]
    }
  }

  /// Writes something durably and takes it away again: that a full or read-only database can be read
  /// says nothing.
  private func writingFinding(_ store: any Store, _ location: StoreLocation) async -> Finding {
    var disk: DiskSpace?
    if case .sqlite(let file) = location { disk = DiskSpace(of: file) }
    do {
      _ = try await store.beginTrial(of: "doctor", by: "doctor")
      try await store.retire(worker: "doctor")
      return disk?.finding ?? Finding("writing", .good, "a commit is taken")
    } catch {
      var finding = Finding("writing", error)
      if let disk { finding.text += " \(disk)" }
      return finding
    }
  }
}
