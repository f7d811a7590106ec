import GRDB
import Resizing

/// The timers that may be claimed.
///
/// The index has them state by state, which saves one of its own for timers.
struct DueTimers {
  private let db: Database

  init(_ db: Database) { self.db = db }

  private static let arms = ResizeState.allCases.map { state in
    "SELECT number, wake_at FROM resizes WHERE state = '\(state.rawValue)' AND wake_at <= ?1"
  }

  static let counting =
    "SELECT " + arms.map { "(SELECT count(*) FROM (\($0)))" }.joined(separator: " + ")

  func count(_ now: Moment) throws -> Int {
    let rows = try PreparedStatement(db, Self.counting)
    try rows.bind(now.millisecondsSinceEpoch, at: 1)
    defer { rows.reset() }
    return try rows.next() ? Int(rows.integer(at: 0)) : 0
  }

  /// The one that has waited longest comes first.
  func first(limit: Int64, _ now: Moment) throws -> [(number: Int64, requestId: String)] {
    // Each arm is in the order of the index: none is read beyond the limit.
    let arms = Self.arms.map { "SELECT * FROM (\($0) ORDER BY wake_at, number LIMIT ?2)" }
    let rows = try PreparedStatement(
      db,
      """
      SELECT due.number, request_id
      FROM (\(arms.joined(separator: " UNION ALL ")) ORDER BY wake_at, number LIMIT ?2) AS due
      JOIN resizes ON resizes.number = due.number
      ORDER BY due.wake_at, due.number
      """)
    try rows.bind(now.millisecondsSinceEpoch, at: 1)
    try rows.bind(limit, at: 2)
    var timers: [(number: Int64, requestId: String)] = []
    while try rows.next() { timers.append((rows.integer(at: 0), rows.text(at: 1))) }
    return timers
  }
}
