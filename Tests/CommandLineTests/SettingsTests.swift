import AMQP
import Contracts
import Foundation
import Testing

@testable import resize_worker

@Suite("Settings")
struct SettingsTests {
  private func problem(_ read: () throws -> Settings) -> Problem? {
    do {
      _ = try read()
      return nil
    } catch {
      return error as? Problem
    }
  }

  @Test("flags win over the environment, the environment over the file, the file over defaults")
  func precedence() throws {
    let folder = try Program.Folder()
    let file = try folder.file(
      "worker.yaml", "broker:\n  prefix: from-file\n  prefetch: 7\nworker:\n  batch: 8\n")
    let settings = try Settings(
      file: file,
      environment: [
        "RESIZE_WORKER_BROKER_PREFIX": "from-environment", "RESIZE_WORKER_BROKER_PREFETCH": "9",
      ],
      flags: [.brokerPrefix: "from-flag"])
    #expect(settings.text(.brokerPrefix) == "from-flag")
    #expect(settings[.brokerPrefix]?.origin == "--broker-prefix")
    #expect(settings.integer(.brokerPrefetch) == 9)
    #expect(settings[.brokerPrefetch]?.origin == "RESIZE_WORKER_BROKER_PREFETCH")
    #expect(settings.integer(.workerBatch) == 8)
    #expect(settings[.workerBatch]?.origin == "\(file), line 5")
    #expect(settings.milliseconds(.paymentTimeout) == 120_000)
    #expect(settings[.paymentTimeout]?.origin == "default")
  }

  @Test("the file may be JSON, its lists lists, and empty groups are left out")
  func jsonFile() throws {
    let folder = try Program.Folder()
    let file = try folder.file(
      "worker.json",
      #"{"trust": {"settlements": ["payments", "billing"]}, "apply": null, "worker": {"name": null}}"#
    )
    let settings = try Settings(environment: [Settings.fileVariable: file])
    #expect(settings.list(.trustedSettlements) == ["payments", "billing"])
    #expect(settings.text(.workerName) == nil)
  }

  @Test("a secret is read from the file that a variable names, without the line's end")
  func secretFile() throws {
    let folder = try Program.Folder()
    let file = try folder.file("password", "s3cret\n")
    let settings = try Settings(environment: ["RESIZE_WORKER_BROKER_PASSWORD_FILE": file])
    #expect(settings.text(.brokerPassword) == "s3cret")
    #expect(try settings.brokerAddress().password == "s3cret")
    #expect(settings.shown(.brokerPassword) == "(hidden)")
    #expect(settings.shown(.brokerURL)?.contains("guest:guest") == false)
  }

  @Test("a secret given twice, or in a file that is not there, is refused")
  func secretTwice() {
    let both = problem {
      try Settings(environment: [
        "RESIZE_WORKER_BROKER_PASSWORD": "a", "RESIZE_WORKER_BROKER_PASSWORD_FILE": "/b",
      ])
    }
    #expect(both?.status == .usage)
    #expect(both?.message.contains("both set") == true)
    let missing = problem {
      try Settings(environment: ["RESIZE_WORKER_BROKER_PASSWORD_FILE": "/nowhere/password"])
    }
    #expect(missing?.status == .unreachable)
    #expect(missing?.message.contains("/nowhere/password") == true)
  }

  @Test("a secret's file that is empty, or a folder, is refused and named")
  func uselessSecretFiles() throws {
    let folder = try Program.Folder()
    for (path, expected) in [
      (try folder.file("secret", "\n"), "is empty"), (folder.path, "a folder"),
    ] {
      let problem = problem { try Settings(environment: ["RESIZE_WORKER_BROKER_URL_FILE": path]) }
      #expect(problem?.message.contains(expected) == true, "\(problem?.message ?? "none")")
      #expect(problem?.message.contains("RESIZE_WORKER_BROKER_URL_FILE") == true)
    }
  }

  @Test("a configuration file that is missing, or a folder, is named with the reason")
  func uselessConfigurationFiles() throws {
    let folder = try Program.Folder()
    for (path, expected) in [("/nowhere/a.yaml", "no such file"), (folder.path, "a folder")] {
      let problem = problem { try Settings(file: path, environment: [:]) }
      #expect(problem?.status == .unreachable)
      #expect(problem?.message.contains("the configuration file \(path)") == true)
      #expect(problem?.message.contains(expected) == true, "\(problem?.message ?? "none")")
    }
  }

  @Test("a variable that is nearly a setting is told of; a platform's own is not")
  func strayVariables() throws {
    let settings = try Settings(environment: [
      "RESIZE_WORKER_TRUST_SETTLEMENT": "billing", "RESIZE_WORKER_SERVICE_HOST": "10.0.0.1",
      "RESIZE_WORKER_PORT_5672_TCP_ADDR": "10.0.0.1", "RESIZE_WORKER_BROKER_PREFIX": "a",
    ])
    #expect(
      settings.strayVariables == [
        "RESIZE_WORKER_TRUST_SETTLEMENT is no setting; did you mean RESIZE_WORKER_TRUST_SETTLEMENTS?"
      ])
  }

  @Test(
    "a catalogue that is missing is named from the root on: a relative path depends on the folder")
  func missingCatalogue() throws {
    let settings = try Settings(environment: ["RESIZE_WORKER_CATALOG_PATH": "nowhere.yaml"])
    let problem = problem {
      _ = try settings.catalogFiles()
      return settings
    }
    let path = FileManager.default.currentDirectoryPath + "/nowhere.yaml"
    #expect(problem == Problem(.unreachable, "there is no catalogue \(path); set catalog.path"))
  }

  @Test("a broker's address that is none is named with the place it comes from")
  func uselessAddress() throws {
    let settings = try Settings(environment: ["RESIZE_WORKER_BROKER_URL": "http://localhost"])
    let error = #expect(throws: AMQPError.self) { try settings.brokerAddress() }
    #expect(
      error?.message.hasPrefix("broker.url (RESIZE_WORKER_BROKER_URL) is no address.") == true)
  }

  @Test("an empty variable counts as none")
  func emptyVariable() throws {
    let settings = try Settings(environment: ["RESIZE_WORKER_BROKER_PREFIX": ""])
    #expect(settings.text(.brokerPrefix) == "resize")
  }

  @Test(
    "an unknown key of the file is named with its line and the nearest known one",
    arguments: [
      ("broker:\n  ulr: x\n", "line 2: there is no setting broker.ulr; did you mean broker.url?"),
      ("borker:\n  url: x\n", "line 1: there is no setting borker; did you mean broker?"),
      ("broker: amqp://b/\n", "line 1: broker is a group of settings, such as broker.url"),
      ("a: 1\n", "see `resize-worker config reference`"),
      ("broker:\n  url: [[1]]\n", "broker.url"),
      ("broker:\n  url: a\n  url: b\n", "has url twice in the group that begins on line 2"),
      ("broker: [\n", "neither YAML nor JSON: line 2"),
      ("- 1\n", "should hold settings by name"),
    ])
  func unknownKey(text: String, expected: String) throws {
    let folder = try Program.Folder()
    let file = try folder.file("worker.yaml", text)
    let problem = problem { try Settings(file: file, environment: [:]) }
    #expect(problem?.status == .usage)
    #expect(problem?.message.contains(expected) == true, "\(problem?.message ?? "none")")
  }

  @Test(
    "a setting that the file gives twice, once nested and once with dots, is refused by name",
    arguments: [
      ("broker: {prefix: abc}\nbroker.prefix: def\n", "broker.prefix twice, on lines 1 and 2"),
      (
        "payments.backoff.base: 2s\npayments:\n  backoff:\n    base: 1s\n",
        "payments.backoff.base twice, on lines 1 and 4"
      ),
      (
        "payments: {backoff.base: 2s, backoff: {base: 2s}}\n",
        "payments.backoff.base twice, on lines 1 and 1"
      ),
    ])
  func givenTwice(text: String, expected: String) throws {
    let folder = try Program.Folder()
    let file = try folder.file("worker.yaml", text)
    let problem = problem { try Settings(file: file, environment: [:]) }
    #expect(problem?.status == .usage)
    #expect(problem?.message.contains("\(file) has \(expected)") == true, "\(problem as Any)")
  }

  @Test(
    "a value of the wrong kind is named with its place and what to write",
    arguments: [
      ("RESIZE_WORKER_BROKER_PREFETCH", "many", "write a whole number from 1 to 2000"),
      ("RESIZE_WORKER_BROKER_PREFETCH", "0", "write a whole number from 1 to 2000"),
      ("RESIZE_WORKER_PAYMENTS_TIMEOUT", "2", "write a whole number with a unit"),
      ("RESIZE_WORKER_PAYMENTS_TIMEOUT", "-2s", "write a whole number with a unit"),
      ("RESIZE_WORKER_PAYMENTS_TIMEOUT", "999999999999999999d", "from 100ms to 1d"),
      ("RESIZE_WORKER_APPLY_MODE", "Command", "write one of inventory, command"),
      ("RESIZE_WORKER_BROKER_DECLARE_TOPOLOGY", "maybe", "write true or false"),
    ])
  func wrongValue(name: String, value: String, expected: String) {
    let problem = problem { try Settings(environment: [name: value]) }
    #expect(problem?.status == .usage)
    #expect(problem?.message.contains(name) == true)
    #expect(problem?.message.contains(expected) == true, "\(problem?.message ?? "none")")
  }

  @Test(
    "durations have a unit",
    arguments: [
      ("500ms", 500), ("2s", 2_000), ("5m", 300_000), ("1h", 3_600_000), ("2d", 172_800_000),
      ("5", nil), ("", nil), ("s", nil), ("1.5s", nil), ("1 s", nil), ("٣s", nil),
    ] as [(String, Int64?)])
  func durations(text: String, milliseconds: Int64?) {
    #expect(SettingValue.milliseconds(text) == milliseconds)
    if let milliseconds { #expect(SettingValue.text(milliseconds: milliseconds) == text) }
  }

  @Test("the state machine, the worker and the events get what is configured")
  func typedValues() throws {
    let settings = try Settings(
      environment: [:],
      flags: [
        .applyMode: "command", .paymentAttempts: "3", .refundBackOffCeiling: "2h",
        .trustedSettlements: "payments", .workerName: "w-1", .eventSource: "/here",
      ])
    #expect(settings.resizeRules.applyMode == .command)
    #expect(settings.resizeRules.paymentAttempts == 3)
    #expect(settings.resizeRules.refundBackOff.ceilingMilliseconds == 7_200_000)
    #expect(settings.workerSettings.trustedPublishers == [.settlements: ["payments"]])
    #expect(settings.workerSettings.name == "w-1")
    let runs = [settings.workerSettings.run, settings.workerSettings.run]
    #expect(runs[0] != runs[1], "two runs of one name must not share outbox rows")
  }

  @Test(
    "a prefix that no queue can be called by is refused with what is allowed",
    arguments: [
      "two words", "tab\t", "line\n", "zero\0", "größe", "a/b", "a#", "amq.resize", "",
      String(repeating: "a", count: 235), String(repeating: "a", count: 300),
    ])
  func uselessPrefix(prefix: String) {
    let problem = problem { try Settings(environment: [:], flags: [.brokerPrefix: prefix]) }
    #expect(problem?.status == .usage)
    #expect(
      problem?.message.hasSuffix(
        "write 1 to 234 of the letters a-z and A-Z, digits, and . _ -, not beginning with amq.")
        == true)
  }

  @Test("every name made of the longest prefix is one that a queue can have")
  func longestPrefix() throws {
    let prefix = String(repeating: "a", count: ChannelNames.longestPrefixByteCount)
    let settings = try Settings(environment: [:], flags: [.brokerPrefix: prefix])
    let topology = ResizeTopology.topology(settings.channelNames)
    let names = topology.queues.map(\.name) + topology.exchanges.map(\.name)
    let probe = Diagnosis.probeQueue(settings.channelNames, .max)
    #expect((names + [probe]).map(\.utf8.count).max() == 255)
  }

  @Test("certificates need amqps")
  func certificates() throws {
    let plain = try Settings(environment: [:], flags: [.brokerCAFile: "/ca.pem"])
    #expect(throws: (any Error).self) { try plain.brokerAddress() }
    let secure = try Settings(
      environment: [:], flags: [.brokerCAFile: "/ca.pem", .brokerURL: "amqps://a:b@broker/"])
    #expect(try secure.brokerAddress().tls?.authoritiesFile == "/ca.pem")
  }
}
