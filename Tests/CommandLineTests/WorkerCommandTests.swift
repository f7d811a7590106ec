import AMQP
import BrokerFixture
import Contracts
import Foundation
import ScriptFixture
import Testing

@testable import resize_worker

@Suite("A worker and the commands around it", .takesTurns, .timeLimit(.minutes(15)))
struct WorkerCommandTests {
  private func document(_ text: some StringProtocol) throws -> JSONValue {
    try JSONParser.parse(Array(text.utf8))
  }

  @Test("submit --wait shows what became of each request, and ends 0 only if all is as expected")
  func submit() async throws {
    let installation = try await Installation.prepared()
    let lines = """
      {"requestId":"r-1","tenantId":"t","instanceId":"stopped","target":{"spec":"large"},\
      "expected":{"status":"completed","direction":"none"}}
      {"requestId":"r-2","tenantId":"t","instanceId":"running","target":{"spec":"large"},\
      "expected":{"status":"rejected","reason":"InvalidInstanceState"}}
      {"requestId":"r-3","tenantId":"t","instanceId":"nowhere","target":{"spec":"large"},\
      "expected":{"outcome":"rejected","code":"UnknownInstance"}}
      """
    try await installation.withWorker {
      let good = try await installation.run(
        "submit", "--file", "-", "--wait", input: lines)
      #expect(good.status == 0, "\(good.errors)")
      #expect(good.output.split(separator: "\n").count == 4)
      #expect(good.output.contains("worker-1"))

      let wrong = try await installation.run(
        "submit", "--file", "-", "--wait",
        input: lines.replacing("UnknownInstance", with: "NoChange"))
      #expect(wrong.status == 1)
      #expect(wrong.output.contains("code is UnknownInstance, expected NoChange"))
      #expect(wrong.isOneSentence, "\(wrong.errors)")

      let one = try await installation.run(
        "submit", "--tenant", "t", "--instance", "running", "--spec", "large", "--wait")
      #expect(one.status == 1)
      #expect(one.errors.contains("InvalidInstanceState"))
    }

    let status = try await installation.run("status", "r-1", "--json")
    let resize = try document(status.output)
    #expect(resize["status"]?.text == "completed")
    #expect(resize["timeline"]?.elements?.isEmpty == false)
    let shown = try await installation.run("status", "r-2")
    #expect(shown.output.contains("InvalidInstanceState"))
  }

  @Test("a request is held back until another is live; cancel ends that one while it is unpaid")
  func heldBack() async throws {
    let installation = try await Installation.prepared()
    let lines = """
      {"requestId":"second","tenantId":"t","instanceId":"paid","target":{"spec":"large"},\
      "after":{"requestId":"first","status":"awaitingPayment"},\
      "expected":{"status":"rejected","reason":"OperationInProgress"}}
      """
    try await installation.withWorker {
      // Repeated with the same id, the first request is the same one, and tells its status again.
      let ending = try await installation.run(
        ["submit", "--file", "-", "--wait"], input: lines,
        whileRepeating: [
          "submit", "--tenant", "t", "--instance", "paid", "--spec", "large", "--id", "first",
        ])
      #expect(ending.status == 0, "\(ending.errors) \(ending.output)")

      let cancel = try await installation.run("cancel", "first")
      #expect(cancel.status == 0, "\(cancel.errors)")
      #expect(cancel.output == "first is canceled\n")
      let again = try await installation.run("cancel", "first", "--tenant", "t")
      #expect(again.status == 0, "\(again.errors)")
      let unknown = try await installation.run("cancel", "nobody", "--tenant", "t")
      #expect(unknown.status == 1)
      #expect(unknown.errors.contains("no resize nobody"))
    }
  }

  @Test("watch ends with the request it follows")
  func watch() async throws {
    let installation = try await Installation.prepared()
    try await installation.withWorker {
      let ending = try await installation.run(
        ["watch", "--request", "w-1", "--json"],
        whileRepeating: [
          "submit", "--tenant", "t", "--instance", "stopped", "--spec", "large", "--id", "w-1",
          "--dry-run", "--wait",
        ])
      let last = try #require(ending.output.split(separator: "\n").last)
      #expect(try document(last)["status"]?.text == "quoted")
    }
  }

  @Test("what nobody can read lies among the dead letters with reason, source and bytes")
  func deadLetters() async throws {
    let installation = try await Installation.prepared()
    let publisher = try BrokerPublisher(
      at: installation.address, settings: ConnectionSettings(name: "test"))
    try publisher.start()
    try publisher.publish([
      OutgoingMessage(
        token: 1, exchange: "", routingKey: installation.names.requests,
        properties: MessageProperties(messageID: "broken-1"), body: Array("{\"id\": oops".utf8))
    ])
    for await event in publisher.events { if case .confirmed = event { break } }
    publisher.close()
    try await installation.withWorker {
      // Answered after the broken message, and committed with or after it.
      let next = try await installation.run(
        "submit", "--tenant", "t", "--instance", "stopped", "--spec", "large", "--wait")
      #expect(next.status == 0, "\(next.errors)")
    }
    let list = try await installation.run("dead-letters", "list", "--json")
    let letter = try document(try #require(list.output.split(separator: "\n").first))
    #expect(letter["code"]?.text == "MalformedRequest")
    #expect(letter["source"]?.text == installation.names.requests)
    let shown = try await installation.run("dead-letters", "show", "broken-1")
    #expect(shown.status == 0, "\(shown.errors)")
    #expect(shown.output.contains("{\"id\": oops"))
    let missing = try await installation.run("dead-letters", "show", "7")
    #expect(missing.status == 1)
  }

  @Test(
    "a worker whose log nobody takes works on, and ends with 0 when it is told to stop",
    arguments: ["2> >(true)", "2>/dev/full", "2>&-", "<&- >&- 2>&-"])
  func unwrittenLog(redirection: String) async throws {
    let installation = try await Installation.prepared()
    try await installation.withWorker(redirection: redirection) {
      let one = try await installation.run(
        "submit", "--tenant", "t", "--instance", "stopped", "--spec", "large", "--wait")
      #expect(one.status == 0, "\(one.errors)")
    }
  }

  @Test("a sandbox whose journal cannot be written ends with 3, and says which journal and why")
  func unwrittenJournal() async throws {
    let installation = try await Installation.prepared()
    // Not by its own name: who makes the journal anew must not replace the device for everybody.
    let journal = installation.folder.path + "/journal.jsonl"
    try FileManager.default.createSymbolicLink(
      atPath: journal, withDestinationPath: "/dev/full")
    let sandbox = try Program.start(
      "sandbox", "--journal", journal, environment: installation.environment)
    try await installation.withWorker {
      let paid = try await installation.run(
        "submit", "--tenant", "t", "--instance", "paid", "--spec", "large")
      #expect(paid.status == 0, "\(paid.errors)")
      let ending = try await sandbox.ending()
      #expect(ending.status == 3)
      let last = try #require(ending.errors.split(separator: "\n").last)
      #expect(
        last.hasPrefix("resize-worker: the journal \(journal) cannot be written ("), "\(last)")
    }
  }

  @Test("a sandbox notes movements at the end of its journal; what is there stays")
  func keptJournal() async throws {
    let installation = try await Installation.prepared()
    let journal = try installation.folder.file("movements.jsonl", "{\"noted\":\"before\"}\n")
    let sandbox = try Program.start(
      "sandbox", "--journal", journal, environment: installation.environment)
    try await installation.withWorker {
      let paid = try await installation.run(
        "submit", "--tenant", "t", "--instance", "paid", "--spec", "large", "--wait")
      #expect(paid.status == 0, "\(paid.errors)")
    }
    sandbox.terminate()
    #expect(try await sandbox.ending().status == 0)
    let lines = try String(contentsOfFile: journal, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.first == "{\"noted\":\"before\"}")
  }

  @Test("doctor finds nothing bad in a whole installation")
  func doctor() async throws {
    let installation = try await Installation.prepared()
    let ending = try await installation.run("doctor")
    #expect(ending.status == 0, "\(ending.output)")
    #expect(ending.output.contains("RabbitMQ"))
    #expect(ending.output.contains("nobody consumes \(installation.names.requests)"))
  }
}
