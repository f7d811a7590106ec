import Foundation
import Testing

@testable import resize_worker

@Suite("Standard streams")
struct StandardStreamsTests {
  private let folder: Program.Folder

  init() throws { folder = try Program.Folder() }

  @Test(
    "a log line that cannot be written is left out; the process ends as it would with it",
    arguments: ["2>/dev/full", "2>&-", "2> >(true)"])
  func unwrittenLog(redirection: String) async throws {
    let ending = try await Program.shell(
      """
      export RESIZE_WORKER_BROKER_URLL=x RESIZE_WORKER_BROKER_URL=amqp://a:b@127.0.0.1:9/
      "$0" run --catalog-path \(Program.package)/schemas/examples/catalog.yaml \
        --store-url sqlite:\(folder.path)/s.sqlite \(redirection)
      echo $?
      """)
    #expect(ending.output == "3\n")
  }

  @Test(
    "a result that cannot be written ends with 3 and the reason, wherever it does not fit",
    arguments: [
      (">/dev/full", "(No space left on device)"), (">&-", "(Bad file descriptor)"),
    ])
  func unwrittenResult(redirection: String, reason: String) async throws {
    let ending = try await Program.shell("\"$0\" config reference \(redirection); echo $?")
    #expect(ending.output == "3\n")
    #expect(ending.isOneSentence, "\(ending.errors)")
    #expect(ending.errors.contains("standard output cannot be written \(reason)"))
  }

  @Test(
    "progress that cannot be shown does not end what is under way",
    arguments: ["2>/dev/full", "2>&-", "2> >(true)"])
  func unwrittenProgress(redirection: String) async throws {
    let instances = (1...1_000).map { number in
      #"{"instanceId":"ins-\#(number)","tenantId":"t","product":"p","spec":"s","#
        + #""billingMode":"postpaid","state":"stopped"}"#
    }
    let file = try folder.file("instances.jsonl", instances.joined(separator: "\n"))
    let ending = try await Program.shell(
      "\"$0\" inventory import \(file) --store-url sqlite:\(folder.path)/s.sqlite \(redirection)")
    #expect(ending.status == 0)
    #expect(ending.output == "1,000 instances new or changed, 0 as before\n")
  }

  @Test(
    "a pipe is read like a file, whatever name it has",
    arguments: [
      #"echo 'broker: {prefix: piped}' | "$0" config show --config -"#,
      #"echo 'broker: {prefix: piped}' | "$0" config show --config /dev/stdin"#,
      #""$0" config show --config <(echo 'broker: {prefix: piped}')"#,
      #"echo 'amqp://piped/' | RESIZE_WORKER_BROKER_URL_FILE=/dev/stdin "$0" config show"#,
    ])
  func pipes(script: String) async throws {
    let ending = try await Program.shell(script)
    #expect(ending.status == 0, "\(ending.errors)")
    #expect(ending.output.contains("piped"))
  }

  @Test(
    "an input that cannot be read is named with the reason, standard input as well",
    arguments: [
      (#""$0" inventory import - <&-"#, "standard input cannot be read: it is closed"),
      (#""$0" inventory import - </"#, "standard input cannot be read: it is a folder"),
      (#""$0" inventory import /"#, "/ cannot be read: it is a folder"),
      (#""$0" inventory import /dev/null/a"#, "a part of its path is no folder"),
      (#""$0" config show --config - <&-"#, "the configuration file standard input cannot be"),
    ])
  func unreadable(script: String, expected: String) async throws {
    let ending = try await Program.shell(script)
    #expect(ending.status == 3)
    #expect(ending.isOneSentence, "\(ending.errors)")
    #expect(ending.errors.contains(expected), "\(ending.errors)")
  }

  @Test("kept heads that are an empty device are no heads, not an unreadable file")
  func emptyDevice() async throws {
    let ending = try await Program.run("ledger", "verify", "--against", "/dev/null")
    #expect(ending.status == 2)
    #expect(ending.errors.contains("/dev/null has no head of an account"), "\(ending.errors)")
  }
}
