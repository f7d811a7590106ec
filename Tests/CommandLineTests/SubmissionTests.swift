import Contracts
import Resizing
import Testing

@testable import resize_worker

@Suite("Submissions")
struct SubmissionTests {
  private let now = Moment(millisecondsSinceEpoch: 0)

  private func items(_ lines: String...) throws -> [SubmissionItem] {
    try SubmissionItem.read(Array(lines.joined(separator: "\n").utf8), from: "r.jsonl", at: now)
  }

  private func line(_ id: String, _ more: String = "") -> String {
    #"{"requestId":"\#(id)","tenantId":"t","instanceId":"i","target":{"spec":"L"}\#(more)}"#
  }

  private func status(_ id: String, _ status: String, worker: String = "w") throws -> StatusMessage
  {
    try #require(
      StatusMessage(
        Array(
          (#"{"type":"resize.status.v1","data":{"requestId":"\#(id)","status":"\#(status)","#
            + #""worker":"\#(worker)"}}"#).utf8)))
  }

  @Test("it is done when all are confirmed and, if waited for, all have ended")
  func done() throws {
    var submission = Submission(try items(line("a"), line("b")), waitsForEnds: true)
    #expect(submission.initiallyReady == [0, 1])
    submission.confirm([0, 1, 1])
    #expect(submission.confirmedCount == 2)
    _ = submission.see(try status("a", "awaitingPayment", worker: "first"))
    _ = submission.see(try status("a", "completed", worker: "second"))
    _ = submission.see(try status("stranger", "completed"))
    #expect(!submission.isDone)
    _ = submission.see(try status("b", "rejected"))
    #expect(submission.isDone)
    #expect(submission.entries[0].taker == "first")
    #expect(submission.entries.map(\.isGood) == [true, false])
  }

  @Test("a request with a precursor is sent once its status was seen, and not before")
  func precursor() throws {
    let after = #","after":{"requestId":"a","status":"awaitingPayment"}"#
    var submission = Submission(try items(line("a"), line("b", after)), waitsForEnds: true)
    #expect(submission.initiallyReady == [0])
    #expect(submission.see(try status("a", "applying")) == [])
    #expect(submission.see(try status("a", "awaitingPayment")) == [1])
    #expect(submission.see(try status("a", "awaitingPayment")) == [])
  }

  @Test("a request whose precursor has ended without the status is sent all the same")
  func endedPrecursor() throws {
    let paying = #","after":{"requestId":"a","status":"awaitingPayment"}"#
    let applying = #","after":{"requestId":"a","status":"applying"}"#
    var submission = Submission(
      try items(line("a"), line("b", paying), line("c", applying), line("d", paying)),
      waitsForEnds: true)
    #expect(submission.see(try status("a", "applying")) == [2])
    #expect(submission.see(try status("a", "completed")) == [1, 3])
    #expect(submission.see(try status("a", "completed")) == [])
  }

  @Test("an outcome other than expected is told")
  func expectation() throws {
    let expected = #","expected":{"status":"rejected","reason":"NoChange"}"#
    var submission = Submission(try items(line("a", expected)), waitsForEnds: true)
    #expect(submission.entries[0].differences == ["it has not ended"])
    _ = submission.see(try status("a", "completed"))
    #expect(
      submission.entries[0].differences == [
        "status is completed, expected rejected", "reason is missing, expected NoChange",
      ])
    #expect(!submission.entries[0].isGood)
  }

  @Test(
    "a line that is no request is refused with its number, and what is wrong in it",
    arguments: [
      ("{", "r.jsonl, line 2, column 2: "),
      ("[]", "a request should be an object"),
      (#"{"requestId":"a","tenantId":"t","instanceId":"i"}"#, "target is missing"),
      (#"{"tenantId":"t","instanceId":"i","target":{"spec":7}}"#, "target.spec"),
      (
        #"{"tenantId":"t","instanceId":"i","target":{"spec":"L"},"after":{"requestId":"x"}}"#,
        "\"after\" should be"
      ),
    ])
  func brokenLine(text: String, expected: String) {
    do {
      _ = try items(line("a"), text)
      Issue.record("it was read")
    } catch {
      let problem = Problem(error)
      #expect(problem.status == .usage)
      #expect(problem.message.hasPrefix("r.jsonl, line 2"))
      #expect(problem.message.contains(expected), "\(problem.message)")
    }
  }

  @Test("a request without an id gets one, and another each time")
  func freshIds() throws {
    let text = #"{"tenantId":"t","instanceId":"i","target":{"units":2}}"#
    let both = try items(text, text)
    #expect(both[0].request.requestId != both[1].request.requestId)
    #expect(both[0].request.target == ResizeTarget(units: 2))
  }
}
