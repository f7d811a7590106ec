import ArgumentParser

/// A group of settings that a command takes as flags.
protocol SettingFlags: ParsableArguments {
  /// The settings of the group, in the order of the help text.
  static var settings: [Setting] { get }
  /// What was given of them, in the same order.
  var given: [String?] { get }
}

extension Option where Value == String? {
  /// The flag of a setting.
  init(_ setting: Setting) {
    var explanation = setting.explanation + "."
    if !setting.defaultText.isEmpty { explanation += " (default: \(setting.defaultText))" }
    self.init(
      name: .customLong(setting.flagName),
      help: ArgumentHelp(explanation, valueName: setting.kind.valueName))
  }
}

struct ConfigurationFlag: ParsableArguments {
  @Option(
    name: .customLong("config"),
    help: "Configuration file in YAML or JSON. (else: RESIZE_WORKER_CONFIG)")
  var file: String?

  /// Reads the configuration with these groups of flags over it.
  func settings(_ groups: any SettingFlags...) throws(Problem) -> Settings {
    var flags: [Setting: String] = [:]
    for group in groups {
      for (setting, text) in zip(type(of: group).settings, group.given) { flags[setting] = text }
    }
    return try Settings(file: file, flags: flags)
  }
}

struct BrokerFlags: SettingFlags {
  @Option(.brokerURL) var url: String?
  @Option(.brokerPassword) var password: String?
  @Option(.brokerCAFile) var caFile: String?
  @Option(.brokerCertificateFile) var certificateFile: String?
  @Option(.brokerKeyFile) var keyFile: String?
  @Option(.brokerPrefix) var prefix: String?
  @Option(.brokerHeartbeat) var heartbeat: String?

  static let settings: [Setting] = [
    .brokerURL, .brokerPassword, .brokerCAFile, .brokerCertificateFile, .brokerKeyFile,
    .brokerPrefix, .brokerHeartbeat,
  ]
  var given: [String?] {
    [url, password, caFile, certificateFile, keyFile, prefix, heartbeat]
  }
}

struct StoreFlags: SettingFlags {
  @Option(.storeURL) var url: String?
  @Option(.storePassword) var password: String?

  static let settings = Setting.store
  var given: [String?] { [url, password] }
}

struct CatalogFlags: SettingFlags {
  @Option(.catalogPath) var path: String?

  static let settings = Setting.catalog
  var given: [String?] { [path] }
}

struct LogFlags: SettingFlags {
  @Option(.logFormat) var format: String?
  @Option(.logLevel) var level: String?

  static let settings = Setting.log
  var given: [String?] { [format, level] }
}

struct EventFlags: SettingFlags {
  @Option(.eventSource) var source: String?
  @Option(.eventSchemas) var schemas: String?

  static let settings = Setting.events
  var given: [String?] { [source, schemas] }
}

/// How a worker works, whatever it is connected to.
struct WorkerFlags: SettingFlags {
  @Option(.brokerPrefetch) var prefetch: String?
  @Option(.brokerDeclareTopology) var declareTopology: String?
  @Option(.workerName) var name: String?
  @Option(.workerBatch) var batch: String?
  @Option(.workerOutboxLimit) var outboxLimit: String?
  @Option(.workerGrace) var grace: String?
  @Option(.workerCrashLimit) var crashLimit: String?
  @Option(.workerHTTP) var http: String?
  @Option(.applyMode) var applyMode: String?
  @Option(.applyTimeout) var applyTimeout: String?
  @Option(.paymentAttempts) var paymentAttempts: String?
  @Option(.paymentTimeout) var paymentTimeout: String?
  @Option(.paymentBackOffBase) var paymentBackOffBase: String?
  @Option(.paymentBackOffCeiling) var paymentBackOffCeiling: String?
  @Option(.refundBackOffBase) var refundBackOffBase: String?
  @Option(.refundBackOffCeiling) var refundBackOffCeiling: String?
  @Option(.breakerWindow) var breakerWindow: String?
  @Option(.breakerFailurePercent) var breakerFailurePercent: String?
  @Option(.breakerMinimum) var breakerMinimum: String?
  @Option(.breakerOpenTime) var breakerOpenTime: String?
  @Option(.trustedSettlements) var trustedSettlements: String?
  @Option(.trustedApplied) var trustedApplied: String?
  @Option(.trustedInventory) var trustedInventory: String?

  static let settings: [Setting] =
    [.brokerPrefetch, .brokerDeclareTopology] + Setting.worker + Setting.apply + Setting.payments
    + Setting.trust
  var given: [String?] {
    [
      prefetch, declareTopology, name, batch, outboxLimit, grace, crashLimit, http, applyMode,
      applyTimeout, paymentAttempts, paymentTimeout, paymentBackOffBase, paymentBackOffCeiling,
      refundBackOffBase, refundBackOffCeiling, breakerWindow, breakerFailurePercent,
      breakerMinimum, breakerOpenTime, trustedSettlements, trustedApplied, trustedInventory,
    ]
  }
}
