import Synchronization

/// How far a longer job is: a bar that redraws itself on a terminal, a plain line now and then
/// elsewhere.
///
/// Goes to standard error, so that standard output stays for the result.
final class ProgressReport: Sendable {
  private struct Drawn {
    var text = ""
    var at: ContinuousClock.Instant?
  }

  let label: String
  private let total: Int?
  private let channel: OutputChannel
  private let isBar: Bool
  private let start = ContinuousClock.now
  private let drawn = Mutex(Drawn())

  /// - Parameter total: Nil where it is not known how much there is; for a single one there is no bar.
  init(_ label: String, total: Int?, channel: OutputChannel = .error) {
    self.label = label
    self.total = total
    self.channel = channel
    isBar = channel.isTerminal && total != 1
  }

  /// Tells how many are done; draws at most ten times a second, or prints every five seconds.
  func update(_ done: Int) {
    let now = ContinuousClock.now
    let interval: Duration = isBar ? .milliseconds(100) : .seconds(5)
    drawn.withLock { drawn in
      guard now - (drawn.at ?? start) >= interval else { return }
      drawn.at = now
      draw(done, now, &drawn)
    }
  }

  /// Draws the end and leaves it standing; where there is no bar, a small job that was quick needs
  /// no line.
  func finish(_ done: Int) {
    drawn.withLock { drawn in
      guard isBar || drawn.at != nil || done >= 1_000 else { return }
      draw(done, ContinuousClock.now, &drawn)
      if isBar { channel.line() }
    }
  }

  private func draw(_ done: Int, _ now: ContinuousClock.Instant, _ drawn: inout Drawn) {
    let text = Self.text(
      label, done, of: total, after: now - start, barWidth: isBar ? barWidth : nil)
    guard isBar else { return channel.line(text) }
    channel.write("\r" + text.padded(to: drawn.text.displayWidth))
    drawn.text = text
  }

  private var barWidth: Int { min(max((channel.columns ?? 80) - 50, 10), 40) }

  /// Such as `submitted ███████░░░ 7,000 of 10,000, 5,400 a second`.
  static func text(
    _ label: String, _ done: Int, of total: Int?, after elapsed: Duration, barWidth: Int?
  ) -> String {
    var text = label + " "
    if let total, total > 0, let barWidth {
      let full = min(done * barWidth / total, barWidth)
      text += String(repeating: "█", count: full)
      text += String(repeating: "░", count: barWidth - full) + " "
    }
    text += done.grouped
    if let total { text += " of " + total.grouped }
    let milliseconds = elapsed / .milliseconds(1)
    if done > 0, milliseconds >= 1 {
      text += ", " + Int(Double(done) * 1000 / milliseconds).grouped + " a second"
    }
    return text
  }
}
