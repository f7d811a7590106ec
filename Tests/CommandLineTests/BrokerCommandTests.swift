import AMQP
import BrokerFixture
import Contracts
import ScriptFixture
import Testing

@testable import resize_worker

@Suite("Commands and a real broker", .takesTurns, .timeLimit(.minutes(15)))
struct BrokerCommandTests {
  private func apply(_ address: BrokerAddress, _ more: String...) async throws -> Program.Ending {
    try await Program.run(
      arguments: [
        "topology", "apply", "--broker-url", address.url, "--broker-prefix",
        PrivateBroker.uniqueName("login"),
      ] + more)
  }

  @Test("a wrong password, virtual host or port is one sentence that names it, and status 3")
  func wrongLogin() async throws {
    let address = try await PrivateBroker.shared().address
    var wrong = address
    wrong.password = "sesame"
    let password = try await apply(wrong)
    #expect(password.status == 3)
    #expect(password.isOneSentence, "\(password.errors)")
    #expect(password.errors.contains("password") && !password.errors.contains("sesame"))
    wrong = address
    wrong.virtualHost = "elsewhere"
    let virtualHost = try await apply(wrong)
    #expect(virtualHost.status == 3)
    #expect(virtualHost.isOneSentence && virtualHost.errors.contains("elsewhere"))
    let scheme = try await apply(address, "--broker-url", "http://broker")
    #expect(scheme.status == 2)
    #expect(scheme.isOneSentence, "\(scheme.errors)")
  }

  @Test("TLS by another name, or by an authority that is not trusted, is refused and says so")
  func wrongName() async throws {
    let secure = try await PrivateBroker.shared().secureAddress
    let authority = try #require(secure.tls?.authoritiesFile)
    let good = try await apply(secure, "--broker-tls-ca-file", authority)
    #expect(good.status == 0, "\(good.errors)")
    var wrong = secure
    wrong.host = "127.0.0.1"
    let name = try await apply(wrong, "--broker-tls-ca-file", authority)
    #expect(name.status == 3)
    #expect(name.isOneSentence && name.errors.contains("name"), "\(name.errors)")
    let untrusted = try await apply(secure)
    #expect(untrusted.status == 3)
    #expect(untrusted.isOneSentence, "\(untrusted.errors)")
    let noFile = try await apply(secure, "--broker-tls-ca-file", "/nowhere/ca.pem")
    #expect(noFile.status == 3)
    #expect(noFile.isOneSentence && noFile.errors.contains("/nowhere/ca.pem"))
  }

  @Test("topology check tells missing from different, and apply makes what is missing")
  func topology() async throws {
    let installation = try await Installation()
    let missing = try await installation.run("topology", "check")
    #expect(missing.status == 1)
    #expect(missing.errors.contains("topology apply"))
    #expect(try await installation.run("topology", "apply").status == 0)
    #expect(try await installation.run("topology", "apply").status == 0)
    let complete = try await installation.run("topology", "check")
    #expect(complete.status == 0, "\(complete.output)")
    #expect(complete.output.contains("bindings cannot be asked for"), "\(complete.output)")
    let queue = installation.names.commands
    let client = installation.client
    try await client.delete(queue: queue)
    try await client.declare(Topology(queues: [.init(name: queue)]))
    let different = try await installation.run("topology", "check")
    #expect(different.status == 1)
    #expect(different.output.contains(queue) && different.output.contains("differs"))
    let json = try await installation.run("topology", "check", "--json")
    let problems = try JSONParser.parse(Array(json.output.utf8)).elements
    #expect(problems?.first?["kind"]?.text == "differs")
  }

  @Test("an account that may not declare is told what is there, and that it could not be compared")
  func looking() async throws {
    let installation = try await Installation()
    #expect(try await installation.run("topology", "apply").status == 0)
    let broker = try await PrivateBroker.shared()
    let user = PrivateBroker.uniqueName("looker")
    try await broker.control("add_user", user, "sesame")
    try await broker.control("set_permissions", user, "^$", ".*", ".*")
    let url = "amqp://\(user):sesame@\(broker.address.host):\(broker.address.port)/"
    let looked = try await installation.run("topology", "check", "--broker-url", url)
    #expect(looked.status == 1)
    #expect(looked.output.contains("notCompared"), "\(looked.output)")
    #expect(looked.errors.contains("may not declare"), "\(looked.errors)")
    try await installation.client.delete(queue: installation.names.commands)
    let missing = try await installation.run("topology", "check", "--json", "--broker-url", url)
    let problems = try JSONParser.parse(Array(missing.output.utf8)).elements ?? []
    let kinds = problems.reduce(into: [:]) { $0[$1["kind"]?.text ?? "", default: 0] += 1 }
    #expect(kinds == ["missing": 1, "notCompared": problems.count - 1])
  }

  @Test("without its queues, submit and watch end with 3 and name the command that makes them")
  func noTopology() async throws {
    let installation = try await Installation()
    let commands = [
      ["submit", "--tenant", "t", "--instance", "i", "--units", "1"], ["watch"],
      ["dead-letters", "list"],
    ]
    for arguments in commands {
      let ending = try await installation.run(arguments: arguments)
      #expect(ending.status == 3)
      #expect(ending.isOneSentence, "\(ending.errors)")
      #expect(ending.errors.contains("topology apply"), "\(ending.errors)")
    }
  }
}
