import Foundation
import Glibc
import Logging

/// Writes each log event as one line to standard error: as text for people, or as JSON for
/// machines.
///
/// A line is one write of at most a pipe's buffer, so that lines of several processes do not mix.
/// Control characters are escaped: what
/// came from outside cannot begin a line of its own. A line that cannot be written (the disk is full,
/// the reader has gone or takes nothing) is left out: who logs goes on.
public struct LineLogHandler: LogHandler {
  public enum Format: String, Sendable, CaseIterable {
    case text
    case json
  }

  public var logLevel: Logger.Level
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?
  private let label: String
  private let format: Format

  public init(label: String, format: Format, level: Logger.Level) {
    self.label = label
    self.format = format
    logLevel = level
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var line = line(event, at: Date().formatted(Self.time)) + "\n"
    line.withUTF8 { _ = Self.errors.write(UnsafeRawBufferPointer($0), patience: Self.patience) }
  }

  private static let errors = DescriptorWriter(STDERR_FILENO)
  /// In milliseconds; whoever logs waits for as long.
  private static let patience: Int32 = 100
  private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  /// The line of an event, without its end.
  func line(_ event: LogEvent, at time: String) -> String {
    var facts = metadataProvider?.get() ?? [:]
    facts.merge(metadata) { $1 }
    facts.merge(event.metadata ?? [:]) { $1 }
    if let error = event.error { facts["error"] = "\(error)" }
    let sorted = facts.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
    switch format {
    case .text:
      let level = event.level.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
      let extra = sorted.map { " \($0)=\(Self.escaped($1))" }.joined()
      return "\(time) \(level) \(Self.escaped("\(event.message)"))\(extra)"
    case .json:
      let members =
        [("time", time), ("level", event.level.rawValue), ("logger", label)]
        + [("message", "\(event.message)")] + sorted
      let written = members.map { "\"\(Self.escaped($0))\":\"\(Self.escaped($1))\"" }
      return "{" + written.joined(separator: ",") + "}"
    }
  }

  /// As in a JSON string.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\" + String(scalar)
      case "\n": result += "\\n"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
