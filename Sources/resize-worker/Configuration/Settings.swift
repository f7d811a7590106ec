import Foundation

/// The configuration of a process: every setting with its value and where that came from.
struct Settings: Sendable {
  struct Entry: Sendable {
    var value: SettingValue
    /// For people: `default`, `--broker-url`, `RESIZE_WORKER_BROKER_URL`, `resize-worker.yaml, line
    /// 3`.
    var origin: String
  }

  /// Names the configuration file where no flag does.
  static let fileVariable = "RESIZE_WORKER_CONFIG"

  private var entries: [Setting: Entry] = [:]
  /// The environment that the settings were read from.
  let environment: [String: String]

  /// Reads defaults, file, environment and flags, the later ones winning.
  /// - Parameters:
  ///   - file: The file to read; nil reads the one that `RESIZE_WORKER_CONFIG` names, if any.
  ///   - flags: What the command line gives, by setting.
  /// - Throws: `Problem` naming the setting, the place of the value, and what to write instead.
  init(
    file: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment,
    flags: [Setting: String] = [:]
  ) throws(Problem) {
    self.environment = environment
    for setting in Setting.all where !setting.defaultText.isEmpty {
      try set(setting, setting.defaultText, "default")
    }
    if let path = file ?? environment[Self.fileVariable], !path.isEmpty {
      for entry in try ConfigurationFile(path: path).entries {
        try set(entry.setting, entry.text, "\(path), line \(entry.line)")
      }
    }
    for setting in Setting.all { try readEnvironment(setting) }
    for setting in Setting.all {
      if let text = flags[setting] { try set(setting, text, "--" + setting.flagName) }
    }
  }

  /// An empty variable counts as none: what `${NAME:-}` in a Compose file leaves.
  private mutating func readEnvironment(_ setting: Setting) throws(Problem) {
    let text = environment[setting.environmentName].flatMap { $0.isEmpty ? nil : $0 }
    let file = setting.fileEnvironmentName.flatMap { name in
      environment[name].flatMap { $0.isEmpty ? nil : (name: name, path: $0) }
    }
    if text != nil, let file {
      throw Problem(
        .usage, "\(setting.environmentName) and \(file.name) are both set; unset one of them")
    }
    if let text { try set(setting, text, setting.environmentName) }
    guard let file else { return }
    let bytes = try InputFile.read(file.path, called: "the file that \(file.name) names, ")
    guard let text = String(validating: bytes, as: UTF8.self)?.trimmingSpaces, !text.isEmpty else {
      throw Problem(
        .usage, "the file that \(file.name) names, \(file.path.printable), is empty or no text")
    }
    try set(setting, text, file.name)
  }

  /// What stands in the environment and looks like a setting but is none, each with what was
  /// probably meant; names that are near to none, such as a container platform's own, are left out.
  var strayVariables: [String] {
    let known =
      [Self.fileVariable]
      + Setting.all.flatMap { [$0.environmentName, $0.fileEnvironmentName].compactMap { $0 } }
    return environment.keys.sorted().compactMap { name in
      guard name.hasPrefix("RESIZE_WORKER_"), !known.contains(name),
        let nearest = name.nearest(among: known, withLettersWrong: 3)
      else { return nil }
      return "\(name) is no setting; did you mean \(nearest)?"
    }
  }

  private mutating func set(
    _ setting: Setting, _ text: String, _ origin: String
  ) throws(Problem) {
    guard let value = SettingValue(text, as: setting.kind) else {
      let shown = setting.isSecret ? "not valid" : "\"\(text.printable)\""
      throw Problem(
        .usage, "\(setting.name) (\(origin)) is \(shown); \(setting.kind.advice)")
    }
    entries[setting] = Entry(value: value, origin: origin)
  }

  subscript(setting: Setting) -> Entry? { entries[setting] }

  /// These settings with one of them replaced.
  /// - Parameter origin: Where the value comes from, for people.
  func replacing(
    _ setting: Setting, by text: String, origin: String
  ) throws(Problem) -> Settings {
    var settings = self
    try settings.set(setting, text, origin)
    return settings
  }
}

extension Settings {
  /// The text of a setting; nil where nothing was given and there is no default.
  func text(_ setting: Setting) -> String? {
    guard case .text(let text) = self[setting]?.value, !text.isEmpty else { return nil }
    return text
  }

  /// The number of a setting that has a default.
  func integer(_ setting: Setting) -> Int {
    guard case .integer(let number) = self[setting]?.value else {
      preconditionFailure("\(setting.name) is no number with a default")
    }
    return number
  }

  /// The duration of a setting that has a default.
  func milliseconds(_ setting: Setting) -> Int64 {
    guard case .milliseconds(let milliseconds) = self[setting]?.value else {
      preconditionFailure("\(setting.name) is no duration with a default")
    }
    return milliseconds
  }

  func flag(_ setting: Setting) -> Bool { self[setting]?.value == .flag(true) }

  func list(_ setting: Setting) -> [String] {
    guard case .list(let words) = self[setting]?.value else { return [] }
    return words
  }
}
