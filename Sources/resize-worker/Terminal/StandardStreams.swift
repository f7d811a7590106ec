import Glibc

/// Standard input, output and errors, as whoever starts the process leaves them to it.
enum StandardStreams {
  /// Makes sure that they cannot end the process, nor be mistaken for something else.
  ///
  /// To be called before anything is opened: the next file or connection would take the number of one
  /// that is closed, and then be sent what is meant for people.
  static func secure() {
    // A write to a closed pipe fails instead of ending the process by a signal.
    signal(SIGPIPE, SIG_IGN)
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // The wrong way round, so that to read or write there still fails as it does with a closed one.
      let mode = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY
      guard open("/dev/null", mode) == descriptor else {
        OutputChannel.error.line(
          "resize-worker: descriptor \(descriptor) is closed, and /dev/null cannot be opened for it"
        )
        ExitStatus.unreachable.end()
      }
    }
  }
}
