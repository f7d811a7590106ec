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
}
