import GRDB
import Resizing

/// Writes resizes, each only on top of the version it carries.
struct ResizeRows {
  private let insertion: PreparedStatement
  private let update: PreparedStatement

  init(_ db: Database) throws {
    insertion = try PreparedStatement(
      db,
      """
      INSERT INTO resizes
        (request_id, version, state, needs_attention, wake_at, record, instance_id, tenant_id)
      VALUES (?1, ?2 + 1, ?3, ?4, ?5, ?6, ?7, ?8)
      ON CONFLICT (request_id) DO NOTHING
      """)
    update = try PreparedStatement(
      db,
      """
      UPDATE resizes
      SET version = ?2 + 1, state = ?3, needs_attention = ?4, wake_at = ?5, record = ?6
      WHERE request_id = ?1 AND version = ?2
      """)
  }

  /// - Returns: The request ids whose row has another version.
  func write(_ resizes: [Resize], _ records: [[UInt8]]) throws -> [String] {
    var stale: [String] = []
    for (resize, record) in zip(resizes, records) {
      let isNew = resize.version == 0
      let statement = isNew ? insertion : update
      try statement.bind(resize.requestId, at: 1)
      try statement.bind(resize.version, at: 2)
      try statement.bind(resize.state.rawValue, at: 3)
      try statement.bind(resize.attention == nil ? 0 : 1, at: 4)
      try statement.bind(resize.dueAt?.millisecondsSinceEpoch, at: 5)
      if isNew {
        try statement.bind(resize.request.instanceId, at: 7)
        try statement.bind(resize.request.tenantId, at: 8)
      }
      if try statement.run(binding: record, at: 6) == 0 { stale.append(resize.requestId) }
    }
    return stale
  }
}
