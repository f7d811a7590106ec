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
      INSERT OR FAIL INTO timeline (resize, number, worker, at, event, state, detail)
      VALUES (?1, ?7, ?2, ?3, ?4, ?5, ?6)
      """)
    try insertion.bind(worker, at: 2)
    for entry in entries {
      let key = try numbers.nextTimelineKey(of: entry.requestId)
      try insertion.bind(key.resize, at: 1)
      try insertion.bind(key.number, at: 7)
      try insertion.bind(entry.at.millisecondsSinceEpoch, at: 3)
      try insertion.bind(entry.event, at: 4)
      try insertion.bind(entry.state.rawValue, at: 5)
      try insertion.bind(entry.detail, at: 6)
      try insertion.run()
    }
  }

  /// Appends what somebody did by hand to a resize, in the state that it is in; nothing where there is
  /// no such resize.
  func append(_ actions: [OperatorAction]) throws {
    let insertion = try PreparedStatement(
      db,
      """
      INSERT OR FAIL INTO timeline (resize, number, worker, at, event, state, detail)
      SELECT resizes.number,
        (SELECT ifnull(max(number), 0) + 1 FROM timeline WHERE resize = resizes.number),
        ?2, ?3, ?4, state, ?5
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
      SELECT number, worker, at, event, state, detail FROM timeline
      WHERE resize = (SELECT resize FROM requests WHERE request_id = ?1) ORDER BY number
      """)
    try rows.bind(requestId, at: 1)
    var timeline: [TimelineRow] = []
    while try rows.next() {
      guard let state = ResizeState(rawValue: rows.text(at: 4)) else {
        throw unreadable("the timeline of \(requestId)", "its state is unknown")
      }
      let entry = TimelineEntry(
        requestId: requestId, at: Moment(millisecondsSinceEpoch: rows.integer(at: 2)),
        event: rows.text(at: 3), state: state, detail: rows.optionalText(at: 5))
      timeline.append(
        TimelineRow(number: rows.integer(at: 0), worker: rows.text(at: 1), entry: entry))
    }
    return timeline
  }
}
