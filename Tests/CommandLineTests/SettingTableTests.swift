import Foundation
import Testing

@testable import resize_worker

@Suite("The table of settings")
struct SettingTableTests {
  @Test("every setting has a name, a variable and a flag of its own, and a valid default")
  func distinct() {
    let all = Setting.all
    #expect(Set(all.map(\.name)).count == all.count)
    #expect(Set(all.map(\.environmentName)).count == all.count)
    #expect(Set(all.map(\.flagName)).count == all.count)
    for setting in all where !setting.defaultText.isEmpty {
      #expect(SettingValue(setting.defaultText, as: setting.kind) != nil, "\(setting.name)")
    }
  }

  @Test("the names follow from one another")
  func names() {
    #expect(Setting.brokerURL.environmentName == "RESIZE_WORKER_BROKER_URL")
    #expect(Setting.brokerURL.flagName == "broker-url")
    #expect(Setting.brokerCAFile.environmentName == "RESIZE_WORKER_BROKER_TLS_CA_FILE")
    #expect(Setting.paymentBackOffBase.flagName == "payments-backoff-base")
    #expect(Setting.brokerPassword.fileEnvironmentName == "RESIZE_WORKER_BROKER_PASSWORD_FILE")
    #expect(Setting.brokerPrefix.fileEnvironmentName == nil)
  }

  @Test("each setting is a flag of exactly one group")
  func flags() {
    let groups: [any SettingFlags.Type] = [
      BrokerFlags.self, StoreFlags.self, CatalogFlags.self, WorkerFlags.self, LogFlags.self,
      EventFlags.self,
    ]
    let flagged = groups.flatMap { $0.settings }
    #expect(flagged.count == Setting.all.count)
    #expect(Set(flagged) == Set(Setting.all))
  }

  @Test("run takes every setting as a flag, and each arrives where it belongs")
  func runTakesAll() async throws {
    for setting in Setting.all {
      let value = example(of: setting)
      let shown = try await Program.run("config", "show", "--json", "--\(setting.flagName)", value)
      #expect(shown.output.contains("\"from\":\"--\(setting.flagName)\""), "\(setting.name)")
    }
    let help = try await Program.run("run", "--help")
    for setting in Setting.all { #expect(help.output.contains("--" + setting.flagName + " ")) }
  }

  @Test("the README's table is the code's")
  func readme() throws {
    let readme = try String(contentsOfFile: Program.package + "/README.md", encoding: .utf8)
    let table = readme.split(separator: "<!-- settings:begin -->\n").last?
      .split(separator: "<!-- settings:end -->").first
    #expect(
      table.map(String.init) == Setting.reference,
      "put the output of `resize-worker config reference` between the marks in README.md")
  }

  private func example(of setting: Setting) -> String {
    switch setting.kind {
    case .text: setting == .brokerURL ? "amqp://a:b@c/" : "text"
    case .queuePrefix: "acme.staging-2"
    case .integer(let range): String(range.upperBound)
    case .duration(let range): SettingValue.text(milliseconds: range.upperBound)
    case .flag: "false"
    case .list: "a,b"
    case .choice(let words): words[0]
    }
  }
}
