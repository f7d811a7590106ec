/// What is passed on of the trace that a message belongs to (W3C Trace Context, sections 3.2 and 3.3).
///
/// Whoever publishes decides what is in a header. What has not the form of the recommendation is dropped: nobody could read it, and
/// there might be more of it than a message has room for.
public struct TraceContext: Sendable, Equatable {
  /// The longest state that has to be passed on, in bytes.
  public static let longestState = 512
  /// The longest parent, in bytes: one of a later version of the recommendation may go on behind what is known.
  public static let longestParent = 256

  public let traceparent: String?
  /// Nil without a parent: it says nothing by itself.
  public let tracestate: String?

  /// - Parameters:
  ///   - traceparent: The header as it came; nil where there was none.
  ///   - tracestate: The same.
  public init(traceparent: String?, tracestate: String?) {
    guard let traceparent, Self.isParent(traceparent) else {
      (self.traceparent, self.tracestate) = (nil, nil)
      return
    }
    self.traceparent = traceparent
    self.tracestate = tracestate.flatMap { Self.isState($0) ? $0 : nil }
  }

  private static func isState(_ text: String) -> Bool {
    (1...longestState).contains(text.utf8.count) && text.utf8.allSatisfy(\.isPrintable)
  }

  /// Version, trace and span in hexadecimal, none of them the one that means nothing, and flags:
  /// `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`.
  private static func isParent(_ text: String) -> Bool {
    guard (55...longestParent).contains(text.utf8.count) else { return false }
    var text = text
    return text.withUTF8 { bytes in
      let isInForm = bytes.prefix(55).indices.allSatisfy { index in
        index == 2 || index == 35 || index == 52
          ? bytes[index] == UInt8(ascii: "-") : bytes[index].isSmallHexadecimal
      }
      let isOfFirstVersion = bytes[..<2].allSatisfy { $0 == UInt8(ascii: "0") }
      guard isInForm, bytes[..<2].contains(where: { $0 != UInt8(ascii: "f") }),
        bytes[3..<35].contains(where: { $0 != UInt8(ascii: "0") }),
        bytes[36..<52].contains(where: { $0 != UInt8(ascii: "0") })
      else { return false }
      if bytes.count == 55 { return true }
      return !isOfFirstVersion && bytes[55] == UInt8(ascii: "-")
        && bytes[56...].allSatisfy(\.isPrintable)
    }
  }
}

extension UInt8 {
  fileprivate var isPrintable: Bool { (0x20..<0x7F).contains(self) }

  fileprivate var isSmallHexadecimal: Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
  }
}
