import Contracts
import Resizing

/// What one commit tells of a resize, as it is stored.
struct TimelinePage {
  let requestId: String
  /// How many entries it has.
  let length: Int64
  /// JSON: `[[at, event, state, detail or null], …]`.
  let entries: [UInt8]

  private static let none = Array("[]".utf8)

  init(of requestId: String, _ entries: ArraySlice<TimelineEntry>) {
    self.requestId = requestId
    length = Int64(entries.count)
    self.entries = entries.isEmpty ? Self.none : Self.encode(entries)
  }

  private static func encode(_ entries: ArraySlice<TimelineEntry>) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginArray()
    for entry in entries {
      writer.beginArray()
      writer.integer(entry.at.millisecondsSinceEpoch)
      writer.string(entry.event)
      writer.string(entry.state.rawValue)
      if let detail = entry.detail { writer.string(detail) } else { writer.null() }
      writer.endArray()
    }
    writer.endArray()
    return writer.bytes
  }

  /// Nil if the bytes are not such entries.
  static func decode(_ bytes: [UInt8], of requestId: String) -> [TimelineEntry]? {
    guard case .array(let elements) = try? JSONParser.parse(bytes) else { return nil }
    var entries: [TimelineEntry] = []
    for element in elements {
      guard case .array(let values) = element, values.count == 4,
        case .number(let at) = values[0], let milliseconds = Int64(at),
        case .string(let event) = values[1], case .string(let name) = values[2],
        let state = ResizeState(rawValue: name)
      else { return nil }
      var detail: String?
      if case .string(let text) = values[3] { detail = text }
      entries.append(
        TimelineEntry(
          requestId: requestId, at: Moment(millisecondsSinceEpoch: milliseconds), event: event,
          state: state, detail: detail))
    }
    return entries
  }
}
