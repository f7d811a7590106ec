import Glibc
import Telemetry

/// Standard output or standard error, written to directly.
///
/// A result that cannot be written ends the process: in silence where its reader has gone away
/// (`… | head`), else with a sentence that says why. What is told beside the result is left out where
/// it cannot be written, and the work goes on.
struct OutputChannel: Sendable {
  static let standard = OutputChannel(STDOUT_FILENO, isForResults: true)
  static let error = OutputChannel(STDERR_FILENO, isForResults: false)

  private let writer: DescriptorWriter
  private let isForResults: Bool

  private init(_ descriptor: Int32, isForResults: Bool) {
    writer = DescriptorWriter(descriptor)
    self.isForResults = isForResults
  }

  /// Whether a person is looking.
  var isTerminal: Bool { isatty(writer.descriptor) == 1 }

  /// Columns of the terminal; nil where there is none.
  var columns: Int? {
    var size = winsize()
    guard ioctl(writer.descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Int(size.ws_col)
  }

  func write(_ text: String) {
    var text = text
    text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
  }

  func write(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { write($0) }
  }

  /// The text and a line end.
  func line(_ text: String = "") { write(text + "\n") }

  private func write(_ bytes: UnsafeRawBufferPointer) {
    guard let reason = writer.write(bytes), isForResults else { return }
    guard reason != EPIPE else { ExitStatus.didNotWorkOut.end() }
    Self.error.line(
      "resize-worker: standard output cannot be written (\(String(cString: strerror(reason)))); "
        + "make room, or send it elsewhere")
    ExitStatus.unreachable.end()
  }
}
