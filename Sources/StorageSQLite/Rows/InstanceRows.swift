import GRDB
import Resizing
import Storage

/// Writes instances, each only on top of the version it carries.
struct InstanceRows {
  private let db: Database

  init(_ db: Database) { self.db = db }

  /// - Returns: The instance ids whose row has another version.
  func write(
    _ instances: [InstanceRecord], _ records: [[UInt8]], _ counters: inout CounterRows
  ) throws -> [String] {
    guard !instances.isEmpty else { return [] }
    let find = try PreparedStatement(
      db, "SELECT number, version, is_removed FROM instances WHERE instance_id = ?1")
    let change = try PreparedStatement(
      db, "UPDATE instance_records SET record = ?2 WHERE number = ?1")
    let insertion = try PreparedStatement(
      db, "INSERT INTO instance_records (record) VALUES (?1)")
    let upsert = try PreparedStatement(
      db,
      """
      INSERT INTO instances
        (instance_id, number, revision, live_resize, is_removed, version)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6 + 1)
      ON CONFLICT (instance_id) DO UPDATE
      SET revision = excluded.revision, live_resize = excluded.live_resize,
        is_removed = excluded.is_removed, version = excluded.version
      """)
    var stale: [String] = []
    for (instance, record) in zip(instances, records) {
      let id = instance.instance.instanceId
      try find.bind(id, at: 1)
      let isKnown = try find.next()
      let stored = (
        number: find.integer(at: 0), version: find.integer(at: 1), isRemoved: find.integer(at: 2)
      )
      find.reset()
      guard instance.version == (isKnown ? stored.version : 0) else {
        stale.append(id)
        continue
      }
      if isKnown {
        try change.bind(stored.number, at: 1)
        _ = try change.run(binding: record, at: 2)
        counters.add(stored.isRemoved - 1, to: CounterRows.instances)
      } else {
        _ = try insertion.run(binding: record, at: 1)
      }
      try upsert.bind(id, at: 1)
      try upsert.bind(isKnown ? stored.number : db.lastInsertedRowID, at: 2)
      try upsert.bind(instance.revision, at: 3)
      try upsert.bind(instance.liveResize, at: 4)
      try upsert.bind(instance.isRemoved ? 1 : 0, at: 5)
      try upsert.bind(instance.version, at: 6)
      try upsert.run()
      counters.add(instance.isRemoved ? 0 : 1, to: CounterRows.instances)
    }
    return stale
  }

  /// Writes the holders alone: a few bytes in the narrow table, whatever the size of the record.
  /// - Returns: The instance ids whose row has another version, or that have none.
  func write(_ locks: [InstanceLock]) throws -> [String] {
    guard !locks.isEmpty else { return [] }
    let update = try PreparedStatement(
      db,
      """
      UPDATE instances SET version = ?2 + 1, live_resize = ?3
      WHERE instance_id = ?1 AND version = ?2
      """)
    var stale: [String] = []
    for lock in locks {
      try update.bind(lock.instanceId, at: 1)
      try update.bind(lock.version, at: 2)
      try update.bind(lock.liveResize, at: 3)
      if try update.run() == 0 { stale.append(lock.instanceId) }
    }
    return stale
  }
}
