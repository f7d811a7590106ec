import Contracts
import Foundation
import Testing

@testable import resize_worker

@Suite("The command line")
struct CommandTests {
  /// Nobody listens there.
  private let noBroker = ["RESIZE_WORKER_BROKER_URL": "amqp://guest:pass-word@127.0.0.1:9/"]

  @Test("help ends with 0 and has examples for every command that does something")
  func help() async throws {
    let root = try await Program.run("--help")
    #expect(root.status == 0)
    let commands = [
      ["run"], ["submit"], ["quote"], ["status"], ["watch"], ["cancel"], ["inventory", "import"],
      ["inventory", "list"], ["inventory", "show"], ["catalog", "check"], ["topology", "apply"],
      ["topology", "show"], ["topology", "check"], ["dead-letters", "list"],
      ["dead-letters", "show"], ["dead-letters", "replay"], ["dead-letters", "discard"],
      ["dead-letters", "export"], ["dead-letters", "log"], ["payments"],
      ["ledger", "verify"], ["ledger", "balance"], ["ledger", "show"], ["backup"],
      ["config", "show"],
      ["doctor"], ["sandbox"],
    ]
    for command in commands {
      #expect(root.output.contains("  \(command[0]) "))
      let help =
        command.count == 1
        ? try await Program.run(command[0], "--help")
        : try await Program.run(command[0], command[1], "--help")
      #expect(help.status == 0)
      let examples = help.output.split(separator: "Examples:\n").last?
        .split(separator: "\n\nUSAGE:").first?.split(separator: "\n")
      #expect(examples?.isEmpty == false, "\(command)")
      #expect(examples?.allSatisfy { $0.hasPrefix("  ") } == true, "\(command): one is too long")
    }
  }

  @Test(
    "a wrong command line ends with 2",
    arguments: [
      ["nonsense"], ["status"], ["quote"], ["quote", "--scenarios", "x", "--all"],
      ["submit", "--instance", "i"], ["submit", "--file", "f", "--instance", "i"],
      ["submit", "--tenant", "t", "--instance", "i", "--units", "many"],
      ["submit", "--tenant", "t", "--instance", "i", "--units", "1", "--voucher", "1e3USD"],
      ["quote", "--instance", "i", "--units", "1", "--at", "yesterday"],
      ["inventory", "list", "--limit", "0"], ["dead-letters", "log", "--limit", "-1"],
      ["ledger", "show", "r", "--limit", "\(Int.max)"],
      ["topology", "apply", "--broker-prefetch", "5"],
    ])
  func wrongUse(arguments: [String]) async throws {
    let ending = try await Program.run(arguments: arguments)
    #expect(ending.status == 2, "\(ending.errors)")
    #expect(!ending.errors.isEmpty)
    #expect(ending.output.isEmpty)
  }

  @Test(
    "a command that there is not is named with what was probably meant",
    arguments: [
      (["rnu"], "there is no command `resize-worker rnu`; did you mean `resize-worker run`?"),
      (
        ["dead-letters", "lst"],
        "`resize-worker dead-letters lst`; did you mean `resize-worker dead-letters list`?"
      ),
      (["xyzzy"], "there is no command `resize-worker xyzzy`; see `resize-worker --help`"),
    ])
  func unknownCommand(arguments: [String], expected: String) async throws {
    let ending = try await Program.run(arguments: arguments)
    #expect(ending.status == 2)
    #expect(ending.errors.contains(expected), "\(ending.errors)")
  }

  @Test(
    "a mistyped option is named with what was probably meant, before anything that it is missed for",
    arguments: [
      (["quote", "--instnce", "x"], "--instnce", "--instance"),
      (["quote", "--instance", "x", "--too", "y"], "--too", "--to"),
      (["submit", "--instnce=x", "--tenant", "t", "--units", "1"], "--instnce", "--instance"),
      (["dead-letters", "replay", "--al"], "--al", "--all"),
      (["dead-letters", "discard", "--al"], "--al", "--all"),
      (["dead-letters", "export", "--al"], "--al", "--all"),
      (["status", "--josn"], "--josn", "--json"), (["status", "r", "--josn"], "--josn", "--json"),
      (["inventory", "import", "--templte"], "--templte", "--template"),
      (["payments", "--josn"], "--josn", "--json"),
    ])
  func unknownOption(arguments: [String], unknown: String, meant: String) async throws {
    let ending = try await Program.run(arguments: arguments)
    #expect(ending.status == 2)
    let words = arguments.prefix { !$0.hasPrefix("-") && $0 != "r" }
    let command = (["resize-worker"] + words).joined(separator: " ")
    let lines = ending.errors.split(separator: "\n")
    #expect(
      lines.first == "resize-worker: `\(command)` has no option \(unknown); did you mean \(meant)?")
    #expect(lines.dropFirst().first?.hasPrefix("Usage: \(command) ") == true, "\(ending.errors)")
  }

  @Test(
    "an option that stands before the command it is for is told to go behind it",
    arguments: [
      (["--config", "f", "run"], "run"),
      (["--config=f", "dead-letters", "list"], "dead-letters list"),
      (["dead-letters", "--config", "f", "list"], "dead-letters list"),
    ])
  func tooEarly(arguments: [String], command: String) async throws {
    let ending = try await Program.run(arguments: arguments)
    #expect(ending.status == 2)
    #expect(
      ending.errors
        == "resize-worker: --config goes behind the command: `resize-worker \(command) --config …`\n"
    )
  }

  @Test("an option that there is, or a word after --, is not called mistyped")
  func knownOptions() async throws {
    for arguments in [
      ["quote", "--check"], ["dead-letters", "export", "-o", "f"], ["status", "--config=f"],
      ["dead-letters", "replay", "--all", "--", "--al"], ["quote", "--", "--instnce"],
    ] {
      let ending = try await Program.run(arguments: arguments)
      #expect(ending.status == 2)
      #expect(!ending.errors.contains("has no option"), "\(ending.errors)")
    }
  }

  @Test(
    "who does it has a name: an empty --by is refused",
    arguments: [
      ["payments", "pause"], ["payments", "retry", "r"], ["dead-letters", "replay", "--all"],
      ["dead-letters", "discard", "--all"],
    ])
  func nobody(arguments: [String]) async throws {
    for name in ["", " "] {
      let ending = try await Program.run(arguments: arguments + ["--by", name])
      #expect(ending.status == 2)
      #expect(ending.errors.contains("--by is empty"), "\(ending.errors)")
    }
  }

  @Test("an export that fails leaves no file, so that it can be tried again")
  func failedExport() async throws {
    let folder = try Program.Folder()
    let file = folder.path + "/letters.jsonl"
    for _ in 1...2 {
      let ending = try await Program.run(
        "dead-letters", "export", "--all", "-o", file, environment: noBroker)
      #expect(ending.status == 3)
      #expect(ending.errors.contains("127.0.0.1:9"), "\(ending.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  @Test(
    "without a broker, commands that need one end with 3 and one sentence without the password",
    arguments: [
      ["topology", "apply"], ["topology", "check"], ["watch"], ["dead-letters", "list"],
      ["submit", "--tenant", "t", "--instance", "i", "--units", "1"],
      ["submit", "--tenant", "t", "--instance", "i", "--units", "1", "--wait"],
      ["cancel", "r", "--tenant", "t"],
    ])
  func noBroker(arguments: [String]) async throws {
    let ending = try await Program.run(arguments: arguments, environment: noBroker)
    #expect(ending.status == 3)
    #expect(ending.isOneSentence, "\(ending.errors)")
    #expect(ending.errors.contains("127.0.0.1:9"))
    #expect(!(ending.errors + ending.output).contains("pass-word"))
  }

  @Test(
    "without a database, commands that only look end with 3 and do not make one",
    arguments: [
      ["status", "r"], ["inventory", "list"], ["inventory", "show", "i"], ["payments", "pause"],
      ["cancel", "r"], ["ledger", "verify"], ["ledger", "balance"], ["ledger", "show", "r"],
      ["backup", "copy"],
    ])
  func noDatabase(arguments: [String]) async throws {
    let folder = try Program.Folder()
    let file = folder.path + "/none.sqlite"
    let ending = try await Program.run(
      arguments: arguments, environment: ["RESIZE_WORKER_STORE_URL": "sqlite:" + file])
    #expect(ending.status == 3)
    #expect(ending.isOneSentence, "\(ending.errors)")
    #expect(ending.errors.contains(file))
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  @Test("a file that is no database, and a URL that is none, are told apart")
  func badDatabase() async throws {
    let folder = try Program.Folder()
    let file = try folder.file("text.sqlite", String(repeating: "no database at all. ", count: 99))
    let corrupt = try await Program.run("inventory", "list", "--store-url", "sqlite:" + file)
    #expect(corrupt.status == 3)
    #expect(corrupt.isOneSentence, "\(corrupt.errors)")
    let other = try await Program.run("inventory", "list", "--store-url", "oracle://x")
    #expect(other.status == 2)
    #expect(other.errors.contains("store.url (--store-url) should be sqlite:FILE"))
    let unreadable = try await Program.run(
      "inventory", "list", "--store-url", "postgresql://u:se@cret@h/d")
    #expect(unreadable.status == 2)
    #expect(unreadable.isOneSentence, "\(unreadable.errors)")
    #expect(unreadable.errors.contains("The database's address cannot be read"))
  }

  @Test("a broken catalogue is named with file, line and field; check shows all of it")
  func brokenCatalogue() async throws {
    let folder = try Program.Folder()
    let file = try folder.file(
      "catalog.yaml",
      """
      name: broken
      currency: USD
      products:
        cvm:
          timeZone: UTC
          upgrade: { policy: dailyDiferential }
          specs:
            small: { monthly: "-1" }

      """)
    let check = try await Program.run("catalog", "check", file)
    #expect(check.status == 1)
    #expect(check.output.contains("line 6"))
    #expect(check.output.contains("dailyDifferential"))
    #expect(check.output.contains("line 8"))
    let run = try await Program.run(
      "run", "--catalog-path", file, "--store-url", "sqlite:" + folder.path + "/s.sqlite",
      environment: noBroker)
    #expect(run.status == 2)
    #expect(run.isOneSentence, "\(run.errors)")
    #expect(run.errors.contains("\(file), line 6"))
    let missing = try await Program.run("run", "--catalog-path", "nowhere.yaml")
    #expect(missing.status == 3)
    #expect(missing.isOneSentence, "\(missing.errors)")
  }

  @Test("the files of a catalogue's folder are checked against each other, and both are named")
  func catalogueFolder() async throws {
    let folder = try Program.Folder()
    func catalogue(_ version: String, _ currency: String, _ price: String) -> String {
      """
      name: shop
      \(version)
      currency: \(currency)
      products:
        p:
          unit: { termPrice: \(price) }
          upgrade: { policy: unitProration }
          downgrade: { policy: unitProration }

      """
    }
    let first = try folder.file("a.yaml", catalogue("version: '1'", "USD", "10"))
    let second = try folder.file("b.yaml", catalogue("version: '1'", "EUR", "20"))
    let run = try await Program.run(
      "run", "--catalog-path", folder.path, "--store-url", "sqlite:" + folder.path + "/s.sqlite",
      environment: noBroker)
    #expect(run.status == 2)
    #expect(run.isOneSentence, "\(run.errors)")
    #expect(run.errors.contains(second) && run.errors.contains(first), "\(run.errors)")
    for arguments in [["--catalog-path", folder.path], [folder.path]] {
      let check = try await Program.run(arguments: ["catalog", "check"] + arguments)
      #expect(check.status == 1)
      let lines = check.output.split(separator: "\n").filter { $0.contains(", column ") }
      #expect(lines.count == 3 && lines.allSatisfy { $0.contains(second) && $0.contains(first) })
      #expect(check.output.contains("line 2, column 10: version is \"1\" like that of \(first)"))
      #expect(check.output.contains("line 3, column 11: currency is EUR"))
      #expect(check.output.contains("validFrom"))
    }
    let apart = try await Program.run("catalog", "check", first, second)
    #expect(apart.status == 0, "\(apart.output)")
    _ = try folder.file(
      "b.yaml", catalogue("version: '2'\nvalidFrom: 2026-11-01T00:00:00Z", "USD", "20"))
    let good = try await Program.run("catalog", "check", "--catalog-path", folder.path)
    #expect(good.status == 0, "\(good.output)")
    #expect(good.output.contains("version 1 is good") && good.output.contains("version 2 is good"))
  }

  @Test("doctor looks at everything, whatever is broken, and says what to do")
  func doctor() async throws {
    let ending = try await Program.run("doctor", environment: noBroker)
    #expect(ending.status == 3)
    for subject in ["broker", "catalogue", "database"] {
      #expect(ending.output.contains("BAD   " + subject))
    }
    #expect(!ending.output.contains("pass-word"))
    let json = try await Program.run("doctor", "--json", environment: noBroker)
    let findings = try JSONParser.parse(Array(json.output.utf8)).elements ?? []
    #expect(findings.filter { $0["verdict"]?.text == "bad" }.count == 3)
  }

  @Test("doctor tells of a misspelt variable, and of settlements that anybody may send")
  func doctorOnConfiguration() async throws {
    let careless = try await Program.run(
      "doctor", environment: ["RESIZE_WORKER_BROKER_ULR": "x", "RESIZE_WORKER_SERVICE_HOST": "y"])
    #expect(careless.output.contains("did you mean RESIZE_WORKER_BROKER_URL?"))
    #expect(!careless.output.contains("SERVICE_HOST"))
    #expect(careless.output.contains("trust.settlements"))
    let careful = try await Program.run(
      "doctor", environment: ["RESIZE_WORKER_TRUST_SETTLEMENTS": "payments"])
    #expect(!careful.output.contains("trust"))
  }

  @Test("config show hides secrets")
  func secrets() async throws {
    let environment = noBroker.merging(["RESIZE_WORKER_BROKER_PASSWORD": "pass-word"]) { $1 }
    for arguments in [["config", "show"], ["config", "show", "--json"]] {
      let ending = try await Program.run(arguments: arguments, environment: environment)
      #expect(ending.status == 0)
      #expect(!ending.output.contains("pass-word"))
      #expect(ending.output.contains("RESIZE_WORKER_BROKER_PASSWORD"))
    }
  }

  @Test("a reader that goes away ends it quietly")
  func brokenPipe() async throws {
    let ending = try await Program.shell(
      "\"$0\" config reference | true; echo \"${PIPESTATUS[0]}\"")
    #expect(["0\n", "1\n"].contains(ending.output))
    #expect(ending.errors.isEmpty)
  }
}
