import Contracts

/// One thing that was looked at, how it is, and what to do about it.
struct Finding: Sendable {
  enum Verdict: String, Sendable {
    case good
    /// It works, but somebody should look.
    case notable
    case bad
  }

  var subject: String
  var verdict: Verdict
  var text: String
  /// How the process ends for it.
  var status = ExitStatus.done

  init(_ subject: String, _ verdict: Verdict, _ text: String) {
    self.subject = subject
    self.verdict = verdict
    self.text = text
  }

  init(_ subject: String, _ error: any Error) {
    let problem = Problem(error)
    self.init(subject, .bad, problem.message)
    status = problem.status
  }

  var json: JSONValue {
    .object([
      JSONMember("subject", .string(subject)), JSONMember("verdict", .string(verdict.rawValue)),
      JSONMember("text", .string(text)),
    ])
  }
}
