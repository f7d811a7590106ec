import Glibc
import Synchronization

/// A program that a test has started, with no open file of the test's.
///
/// Foundation's `Process` learns of an end by the end of a socket, which whatever is started at the
/// same moment may inherit and hold open. Here the system is asked for the program itself.
public final class ChildProcess: Sendable {
  public enum Ending: Equatable, Sendable {
    case exit(Int32)
    case signal(Int32)
  }

  /// Where a program's streams come from and go to, as paths of files; what is written replaces them.
  public struct Streams: Sendable {
    public var input: String
    public var output: String
    /// The same file as `output` where it is nil.
    public var errors: String?

    public init(input: String = "/dev/null", output: String, errors: String? = nil) {
      self.input = input
      self.output = output
      self.errors = errors
    }
  }

  private struct State {
    var ending: Ending?
    var waiting: [UInt64: CheckedContinuation<Ending?, Never>] = [:]
    var lastWaiter: UInt64 = 0
  }

  public let pid: pid_t
  private let state = Mutex(State())

  /// - Parameters:
  ///   - command: The path of a program, and its arguments.
  ///   - environment: All that is in its environment; that of the test where it is nil.
  ///   - folder: Where it runs; where the test does, if nil.
  public init(
    _ command: [String], environment: [String: String]? = nil, in folder: String? = nil,
    _ streams: Streams
  ) throws {
    pid = try Self.spawn(command, environment: environment, in: folder, streams)
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { child in
        if let child { Unmanaged<ChildProcess>.fromOpaque(child).takeRetainedValue().watch() }
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    guard status == 0 else {
      _ = kill(pid, SIGKILL)
      throw ScriptFailure(text: "no thread to watch \(command[0]): \(Self.text(status))")
    }
    pthread_detach(thread)
  }

  public var isRunning: Bool { state.withLock { $0.ending == nil } }

  /// Does nothing where the program has ended.
  public func send(_ signal: Int32) {
    // Its number is nobody else's before its end is taken note of, which waits for the lock.
    state.withLock { if $0.ending == nil { _ = kill(pid, signal) } }
  }

  /// Waits for its end; nil if the waiting task is canceled, as by a test's time limit.
  public func ending() async -> Ending? {
    let waiter = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          let isOver = state.ending != nil || Task.isCancelled
          if !isOver { state.waiting[waiter] = continuation }
          return isOver
        }
        if isOver { continuation.resume(returning: state.withLock { $0.ending }) }
      }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: waiter) }?.resume(returning: nil)
    }
  }

  /// Waits on a thread of its own until the program has ended.
  private func watch() {
    var information = siginfo_t()
    while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) == -1, errno == EINTR {}
    let (ending, waiting) = state.withLock { state in
      var status: Int32 = 0
      waitpid(pid, &status, 0)
      let signal = status & 0x7f
      let ending: Ending = signal == 0 ? .exit(status >> 8 & 0xff) : .signal(signal)
      state.ending = ending
      defer { state.waiting = [:] }
      return (ending, state.waiting.values)
    }
    for waiter in waiting { waiter.resume(returning: ending) }
  }
}

extension ChildProcess {
  /// Starts a program that nobody waits for.
  @discardableResult
  static func spawn(
    _ command: [String], environment: [String: String]? = nil, in folder: String? = nil,
    _ streams: Streams
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let writing = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, 0, streams.input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, streams.output, writing, 0o600)
    if let errors = streams.errors {
      posix_spawn_file_actions_addopen(&actions, 2, errors, writing, 0o600)
    } else {
      posix_spawn_file_actions_adddup2(&actions, 1, 2)
    }
    var attributes = Self.attributes
    defer { posix_spawnattr_destroy(&attributes) }
    let program =
      ["/bin/bash", "-c", closing, "spawn", "/usr/bin/env"]
      + (folder.map { ["--chdir=\($0)"] } ?? [])
      + (environment.map { ["-i"] + $0.map { "\($0)=\($1)" } } ?? []) + command
    var arguments = program.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var pid: pid_t = 0
    let status = posix_spawn(&pid, program[0], &actions, &attributes, &arguments, environ)
    guard status == 0 else {
      throw ScriptFailure(text: "\(command[0]) cannot be started: \(text(status))")
    }
    return pid
  }

  /// Closes what is open beyond the three streams, then becomes the program.
  private static let closing = """
    for file in /proc/$$/fd/*; do
      [ "${file##*/}" -le 2 ] || eval "exec ${file##*/}>&-"
    done
    exec "$@"
    """

  private static func text(_ status: Int32) -> String { String(cString: strerror(status)) }

  /// A program begins as at a terminal, with no signal blocked or ignored. Children inherit what the
  /// threads of the test block, and would not hear SIGTERM.
  private static var attributes: posix_spawnattr_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    return attributes
  }
}
