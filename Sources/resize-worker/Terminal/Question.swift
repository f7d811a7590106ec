import Glibc

/// Asks a person who is there to answer.
struct Question {
  var text: String
  /// What to add to the command line where nobody is there.
  var flag: String

  /// - Throws: `Problem` where the answer is not yes, or nobody is there.
  func ask() throws(Problem) {
    guard isatty(STDIN_FILENO) == 1 else {
      throw Problem(.usage, "\(text) Nobody is there to answer: add \(flag) if you mean it")
    }
    OutputChannel.error.write("\(text) [y/N] ")
    let answer = readLine()?.trimmingSpaces.lowercased() ?? ""
    guard ["y", "yes"].contains(answer) else {
      throw Problem(.didNotWorkOut, "nothing was done")
    }
  }
}
