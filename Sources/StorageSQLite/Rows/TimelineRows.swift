import GRDB
import Resizing
import Storage

/// Appends to the timelines and reads them.
struct TimelineRows {
  private let db: Database

  init(_ db: Database) { self.db = db }

  /// Appends what a commit tells of resizes that were there before it.
  func append(
    _ pages: [TimelinePage], by worker: String, _ numbers: inout ResizeNumbers
  ) throws {
    guard !pages.isEmpty else { return }
    let insertion = try PreparedStatement(
      db,
      """
      INSERT OR FAIL INTO timeline_pages (key, length, worker, entries) VALUES (?1, ?2, ?3, ?4)
      """)
    try insertion.bind(worker, at: 3)
    for page in pages {
      let key = try numbers.nextTimelineKey(of: page.requestId, for: page.length)
      try insertion.bind(key, at: 1)
      try insertion.bind(page.length, at: 2)
      _ = try insertion.run(binding: page.entries, at: 4)
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
        (SELECT ifnull(max(key + length), resizes.number << 20 | (beginning_length + 1))
          FROM timeline_pages
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
      SELECT 1 AS number, begun_by, beginning
      FROM requests JOIN resizes ON resizes.number = requests.resize
      WHERE requests.request_id = ?1
      UNION ALL
      SELECT timeline_pages.number, worker, entries
      FROM requests JOIN timeline_pages
        ON key >= requests.resize << 20 AND key < (requests.resize + 1) << 20
      WHERE request_id = ?1
      ORDER BY number
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
