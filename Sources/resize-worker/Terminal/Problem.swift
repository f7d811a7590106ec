import Glibc

/// What a process tells its caller by its end (README, Configuration).
enum ExitStatus: Int32, Sendable, CaseIterable {
  case done = 0
  /// It did not work out: rejected, declined, not as expected.
  case didNotWorkOut = 1
  /// The command line, the configuration or an input file is wrong.
  case usage = 2
  /// The broker, the database or a file cannot be reached, or what there is to say not be written.
  case unreachable = 3

  /// Ends the process at once.
  ///
  /// Handlers of `atexit` are not run: OpenSSL's frees what the thread of a connection that is just
  /// being closed may still use.
  func end() -> Never {
    fflush(nil)
    _exit(rawValue)
  }
}

/// Why a command ends early: one sentence for people, and the exit status.
struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
  var status: ExitStatus
  /// What happened, to which thing, and what to do.
  var message: String

  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }

  var description: String { message }
}
