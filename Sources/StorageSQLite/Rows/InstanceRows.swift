import GRDB
import Resizing
import Storage

/// Writes instances, each only on top of the version it carries.
struct InstanceRows {
  private let insertion: PreparedStatement
  private let update: PreparedStatement
  private let lock: PreparedStatement

  init(_ db: Database) throws {
    insertion = try PreparedStatement(
      db,
      """
      INSERT INTO instances (instance_id, version, revision, live_resize, is_removed, record)
      VALUES (?1, ?2 + 1, ?3, ?4, ?5, ?6)
      ON CONFLICT (instance_id) DO NOTHING
      """)
    update = try PreparedStatement(
      db,
      """
      UPDATE instances
      SET version = ?2 + 1, revision = ?3, live_resize = ?4, is_removed = ?5, record = ?6
      WHERE instance_id = ?1 AND version = ?2
      """)
    lock = try PreparedStatement(
      db,
      """
      UPDATE instances SET version = ?2 + 1, live_resize = ?3
      WHERE instance_id = ?1 AND version = ?2
      """)
  }

  /// - Returns: The instance ids whose row has another version.
  func write(_ instances: [InstanceRecord], _ records: [[UInt8]]) throws -> [String] {
    var stale: [String] = []
    for (instance, record) in zip(instances, records) {
      let statement = instance.version == 0 ? insertion : update
      try statement.bind(instance.instance.instanceId, at: 1)
      try statement.bind(instance.version, at: 2)
      try statement.bind(instance.revision, at: 3)
      try statement.bind(instance.liveResize, at: 4)
      try statement.bind(instance.isRemoved ? 1 : 0, at: 5)
      if try statement.run(binding: record, at: 6) == 0 {
        stale.append(instance.instance.instanceId)
      }
    }
    return stale
  }

  /// - Returns: The instance ids whose row has another version, or that have none.
  func write(_ locks: [InstanceLock]) throws -> [String] {
    var stale: [String] = []
    for change in locks {
      try lock.bind(change.instanceId, at: 1)
      try lock.bind(change.version, at: 2)
      try lock.bind(change.liveResize, at: 3)
      if try lock.run() == 0 { stale.append(change.instanceId) }
    }
    return stale
  }
}
