import Contracts

/// Everything that can be configured. README's table is printed from it (`config reference`).
extension Setting {
  static let all: [Setting] =
    broker + store + catalog + worker + apply + payments + trust + log + events

  static let broker = [
    brokerURL, brokerPassword, brokerCAFile, brokerCertificateFile, brokerKeyFile, brokerPrefix,
    brokerHeartbeat, brokerPrefetch, brokerDeclareTopology,
  ]
  static let store = [storeURL, storePassword]
  static let catalog = [catalogPath]
  static let worker = [
    workerName, workerBatch, workerOutboxLimit, workerGrace, workerCrashLimit, workerHTTP,
  ]
  static let apply = [applyMode, applyTimeout]
  static let payments = [
    paymentAttempts, paymentTimeout, paymentBackOffBase, paymentBackOffCeiling, refundBackOffBase,
    refundBackOffCeiling, breakerWindow, breakerFailurePercent, breakerMinimum, breakerOpenTime,
  ]
  static let trust = [trustedSettlements, trustedApplied, trustedInventory]
  static let log = [logFormat, logLevel]
  static let events = [eventSource, eventSchemas]

  static let brokerURL = Setting(
    "broker.url", .text, default: "amqp://guest:guest@127.0.0.1:5672/", secret: true,
    "Where the broker is and as whom to log in: amqp://user:password@host:port/vhost, or amqps://")
  static let brokerPassword = Setting(
    "broker.password", .text, secret: true, "The password, where it is not in broker.url")
  static let brokerCAFile = Setting(
    "broker.tls.caFile", .text,
    "PEM file of the authorities to trust with amqps:// (else the system's)")
  static let brokerCertificateFile = Setting(
    "broker.tls.certificateFile", .text, "PEM file of the client's certificate")
  static let brokerKeyFile = Setting(
    "broker.tls.keyFile", .text, "PEM file of the client's private key")
  static let brokerPrefix = Setting(
    "broker.prefix", .queuePrefix(longest: ChannelNames.longestPrefixByteCount), default: "resize",
    "What the names of all queues and exchanges begin with; one an installation")
  static let brokerHeartbeat = Setting(
    "broker.heartbeat", .duration(1_000...600_000), default: "15s",
    "A broker silent for two of these is taken for gone; whole seconds")
  static let brokerPrefetch = Setting(
    "broker.prefetch", .integer(1...2_000), default: "512",
    "How many messages the broker hands out ahead of their acknowledgement")
  static let brokerDeclareTopology = Setting(
    "broker.declareTopology", .flag, default: "true",
    "Whether `run` declares queues and exchanges; false where the account may not")

  static let storeURL = Setting(
    "store.url", .text, default: "sqlite:resize-worker.sqlite", secret: true,
    "The database: sqlite:FILE for the workers of one machine, made where there is none, or "
      + "postgresql://user:password@host:port/database for any number of machines")
  static let storePassword = Setting(
    "store.password", .text, secret: true, "The password, where it is not in store.url")
  static let catalogPath = Setting(
    "catalog.path", .text, default: "catalog.yaml",
    "The price list: a file in YAML or JSON, or a folder with one file a version")

  static let workerName = Setting(
    "worker.name", .text,
    "What the worker is called in statuses, timelines and logs (else made of host and process)"
  )
  static let workerHTTP = Setting(
    "worker.http", .text,
    "Where to answer over HTTP (health, metrics, JSON), such as 127.0.0.1:9470; nowhere if empty")
  static let workerBatch = Setting(
    "worker.batch", .integer(1...4_096), default: "256",
    "How many messages are decided and committed together at most")
  static let workerOutboxLimit = Setting(
    "worker.outboxLimit", .integer(16...16_384), default: "8192",
    "With so many undelivered messages of all workers none takes new requests; with twice, nothing")
  static let workerGrace = Setting(
    "worker.grace", .duration(0...600_000), default: "5s",
    "How long an orderly stop may take before what is under way is left to others")
  static let workerCrashLimit = Setting(
    "worker.crashLimit", .integer(1...1_000), default: "5",
    "A message that ended so many workers, each alone with it, is dead-lettered")

  static let applyMode = Setting(
    "apply.mode", .choice(["inventory", "command"]), default: "inventory",
    "Who carries a resize out: the worker in its inventory, or the control plane by a command")
  static let applyTimeout = Setting(
    "apply.timeout", .duration(1_000...86_400_000), default: "10m",
    "How long the control plane's answer is waited for before it is told again")

  static let paymentAttempts = Setting(
    "payments.attempts", .integer(1...1_000), default: "6",
    "How often a payment is asked for before it is voided")
  static let paymentTimeout = Setting(
    "payments.timeout", .duration(100...86_400_000), default: "2m",
    "How long a settlement is waited for before it is asked for again under the same key")
  static let paymentBackOffBase = Setting(
    "payments.backoff.base", .duration(1...86_400_000), default: "1s",
    "The longest wait after a first failed payment; doubles with each")
  static let paymentBackOffCeiling = Setting(
    "payments.backoff.ceiling", .duration(1...86_400_000), default: "5m",
    "The longest wait between two attempts of a payment")
  static let refundBackOffBase = Setting(
    "refunds.backoff.base", .duration(1...86_400_000), default: "1s",
    "The longest wait after a first failed refund; doubles with each")
  static let refundBackOffCeiling = Setting(
    "refunds.backoff.ceiling", .duration(1...604_800_000), default: "1h",
    "The longest wait between two attempts of a refund, which never end")

  static let breakerWindow = Setting(
    "payments.breaker.window", .duration(1_000...3_600_000), default: "1m",
    "How far back the payments' breaker counts what became of payments and refunds")
  static let breakerFailurePercent = Setting(
    "payments.breaker.failurePercent", .integer(1...100), default: "50",
    "It opens when so many in a hundred of a worker's failed or were not answered in time")
  static let breakerMinimum = Setting(
    "payments.breaker.minimum", .integer(1...1_000_000), default: "20",
    "With fewer outcomes than this it does not open")
  static let breakerOpenTime = Setting(
    "payments.breaker.openTime", .duration(100...3_600_000), default: "30s",
    "How long it stays open before it is probed; doubles while probes fail, up to ten times this")

  static let trustedSettlements = Setting(
    "trust.settlements", .list,
    "Broker accounts whose settlements are believed; empty believes everybody")
  static let trustedApplied = Setting(
    "trust.applied", .list, "Broker accounts whose apply reports are believed")
  static let trustedInventory = Setting(
    "trust.inventory", .list, "Broker accounts whose inventory changes are believed")

  static let logFormat = Setting(
    "log.format", .choice(["text", "json"]), default: "text",
    "One line an event, for people or machines"
  )
  static let logLevel = Setting(
    "log.level",
    .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]), default: "info",
    "Events below this level are not written")

  static let eventSource = Setting(
    "events.source", .text, default: "/resize-worker", "The CloudEvents source of our events")
  static let eventSchemas = Setting(
    "events.schemas", .text, default: "https://example.com/schemas",
    "What the dataschema of our events begins with")
}
