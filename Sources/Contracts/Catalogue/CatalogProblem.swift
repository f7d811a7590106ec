/// One thing that is wrong in a catalogue, where, and what to write instead.
public struct CatalogProblem: Sendable, Equatable, CustomStringConvertible {
  public enum Severity: String, Sendable {
    /// The catalogue is not used.
    case error
    /// It works, but probably does not say what was meant.
    case warning
  }

  public var severity: Severity
  /// Lines and columns count from 1; 0 where the place is not known.
  public var line: Int
  public var column: Int
  /// Such as `products.cvm.upgrade.termTiers[0].payRatio`; empty for the whole file.
  public var path: String
  public var message: String

  init(
    _ severity: Severity = .error, at position: TextPosition?, path: String, _ message: String
  ) {
    self.severity = severity
    self.line = position?.line ?? 0
    self.column = position?.column ?? 0
    self.path = path
    self.message = message
  }

  /// `line 3, column 5: products.cvm.timeZone …`.
  public var description: String {
    let place = line > 0 ? "line \(line), column \(column): " : ""
    let note = severity == .warning ? "warning: " : ""
    return place + note + (path.isEmpty ? message : path + " " + message)
  }
}

extension [String: TextPosition] {
  /// The place of a field by its path, or of the nearest group around it where the field is missing.
  func nearest(to path: String) -> TextPosition? {
    var path = path
    while self[path] == nil {
      guard let end = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { break }
      path = String(path[..<end])
    }
    return self[path] ?? self[""]
  }
}

/// A place in a text, counted from 1.
struct TextPosition: Sendable, Equatable {
  var line: Int
  var column: Int
}
