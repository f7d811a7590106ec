import Contracts
import GRDB
import Resizing
import Storage

/// Appends to the timelines and reads them.
struct TimelineRows {
  private let db: Database

  init(_ db: Database) { self.db = db }

  func append(
    _ entries: [TimelineEntry], by worker: String, _ numbers: inout ResizeNumbers
  ) throws {
    guard !entries.isEmpty else { return }
    let insertion = try PreparedStatement(
      db,
      """
      INSERT OR FAIL INTO timeline_pages (key, length, worker, entries) VALUES (?1, ?2, ?3, ?4)
      """)
    try insertion.bind(worker, at: 3)
    var rest = entries[...]
    while let requestId = rest.first?.requestId {
      let page = rest.prefix { $0.requestId == requestId }
      rest = rest[page.endIndex...]
      try insertion.bind(try numbers.nextTimelineKey(of: requestId, for: page.count), at: 1)
      try insertion.bind(Int64(page.count), at: 2)
      _ = try insertion.run(binding: TimelinePage.encode(page), at: 4)
    }
  }

  /// Appends what somebody did by hand to a resize, in the state that it is in; nothing where there is
  /// no such resize.
  func append(_ actions: [OperatorAction]) throws {
    let insertion = try PreparedStatement(
      db,
      """
      INSERT OR FAIL INTO timeline_pages (key, length, worker, entries)
      SELECT
        (SELECT ifnull(max(key + length), resizes.number << 20 | 1) FROM timeline_pages
          WHERE key >= resizes.number << 20 AND key < (resizes.number + 1) << 20),
        1, ?2, json_array(json_array(?3, ?4, state, ?5))
      FROM requests JOIN resizes ON resizes.number = requests.resize
      WHERE requests.request_id = ?1
      """)
    for action in actions {
      guard let requestId = action.requestId else { continue }
      try insertion.bind(requestId, at: 1)
      try insertion.bind(action.by, at: 2)
      try insertion.bind(action.at.millisecondsSinceEpoch, at: 3)
      try insertion.bind(action.action, at: 4)
      try insertion.bind(action.summary, at: 5)
      try insertion.run()
    }
  }

  /// What happened to a resize, in order.
  func rows(of requestId: String) throws -> [TimelineRow] {
    let rows = try PreparedStatement(
      db,
      """
      SELECT timeline_pages.number, worker, entries
      FROM requests JOIN timeline_pages
        ON key >= requests.resize << 20 AND key < (requests.resize + 1) << 20
      WHERE request_id = ?1 ORDER BY key
      """)
    try rows.bind(requestId, at: 1)
    var timeline: [TimelineRow] = []
    while try rows.next() {
      guard let entries = TimelinePage.decode(rows.bytes(at: 2), of: requestId) else {
        throw unreadable("the timeline of \(requestId)", "its entries are damaged")
      }
      let (first, worker) = (rows.integer(at: 0), rows.text(at: 1))
      for (offset, entry) in entries.enumerated() {
        timeline.append(
          TimelineRow(number: first + Int64(offset), worker: worker, entry: entry))
      }
    }
    return timeline
  }
}

/// What one commit tells of a resize, as JSON: `[[at, event, state, detail or null], …]`.
private enum TimelinePage {
  static func encode(_ entries: ArraySlice<TimelineEntry>) -> [UInt8] {
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

  /// Nil if the bytes are not what `encode` wrote.
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
