import GRDB
import Resizing

/// Writes resizes, each only on top of the version it carries.
struct ResizeRows {
  private let insertion: PreparedStatement
  private let request: PreparedStatement
  private let find: PreparedStatement
  private let update: PreparedStatement

  init(_ db: Database) throws {
    insertion = try PreparedStatement(
      db,
      """
      INSERT OR FAIL INTO resizes
        (request_id, state, needs_attention, wake_at, record, begun_by, beginning_length,
          beginning, version)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1)
      """)
    request = try PreparedStatement(
      db,
      """
      INSERT INTO requests (request_id, instance_id, tenant_id, resize)
      VALUES (?1, ?2, ?3, last_insert_rowid())
      ON CONFLICT (request_id) DO NOTHING
      """)
    find = try PreparedStatement(
      db,
      """
      SELECT number, version, state, beginning_length
      FROM requests JOIN resizes ON resizes.number = requests.resize
      WHERE requests.request_id = ?1
      """)
    update = try PreparedStatement(
      db,
      """
      UPDATE resizes
      SET state = ?2, needs_attention = ?3, wake_at = ?4, record = ?5, version = version + 1
      WHERE number = ?1
      """)
  }

  /// - Parameter worker: The one that commits.
  /// - Returns: The request ids whose row has another version.
  func write(
    _ resizes: [ResizeRow], by worker: String, _ numbers: inout ResizeNumbers,
    _ counters: inout CounterRows
  ) throws -> [String] {
    var stale: [String] = []
    try insertion.bind(worker, at: 6)
    for resize in resizes {
      let isCurrent =
        resize.version == 0
        ? try insert(resize) : try update(resize, &numbers, &counters)
      if isCurrent {
        counters.add(1, to: resize.state.rawValue)
      } else {
        stale.append(resize.requestId)
      }
    }
    return stale
  }

  /// Its number is not noted: what the commit tells of it stands in the row, and postings of a resize
  /// nearly always come later.
  private func insert(_ resize: ResizeRow) throws -> Bool {
    try insertion.bind(resize.requestId, at: 1)
    try bindCourse(of: resize, to: insertion)
    try insertion.bind(resize.beginning.length, at: 7)
    try insertion.bind(text: resize.beginning.entries, at: 8)
    _ = try insertion.run(binding: resize.record, at: 5)
    try request.bind(resize.requestId, at: 1)
    try request.bind(resize.instanceId, at: 2)
    try request.bind(resize.tenantId, at: 3)
    // Where the id is taken, the row above goes with the transaction.
    return try request.run() == 1
  }

  private func update(
    _ resize: ResizeRow, _ numbers: inout ResizeNumbers, _ counters: inout CounterRows
  ) throws -> Bool {
    try find.bind(resize.requestId, at: 1)
    guard try find.next() else { return false }
    let (number, version, state) = (find.integer(at: 0), find.integer(at: 1), find.text(at: 2))
    let beginningLength = find.integer(at: 3)
    find.reset()
    guard version == resize.version else { return false }
    try update.bind(number, at: 1)
    try bindCourse(of: resize, to: update)
    _ = try update.run(binding: resize.record, at: 5)
    numbers.note(resize.requestId, number, beginningLength: beginningLength)
    counters.add(-1, to: state)
    return true
  }

  private func bindCourse(of resize: ResizeRow, to statement: PreparedStatement) throws {
    try statement.bind(resize.state.rawValue, at: 2)
    try statement.bind(resize.needsAttention ? 1 : 0, at: 3)
    try statement.bind(resize.wakeAt?.millisecondsSinceEpoch, at: 4)
  }
}
