import Contracts
import Resizing
import Storage

extension Statement {
  private static let insertInstances = Statement(
    "insert_instances",
    """
    INSERT INTO instances (instance_id, version, revision, live_resize, is_removed, record)
    SELECT instance_id, 1, revision, live_resize, is_removed, record
    FROM unnest($1::text[], $2::int8[], $3::text[], $4::bool[], $5::text[])
      AS given (instance_id, revision, live_resize, is_removed, record)
    """)

  /// A lock leaves what it does not give as it is.
  private static let updateInstances = Statement(
    "update_instances",
    """
    WITH written AS (
      UPDATE instances
      SET version = given.version + 1, live_resize = given.live_resize,
        revision = coalesce(given.revision, instances.revision),
        is_removed = coalesce(given.is_removed, instances.is_removed),
        record = coalesce(given.record, instances.record)
      FROM unnest($1::text[], $2::int8[], $3::text[], $4::int8[], $5::bool[], $6::text[])
        AS given (instance_id, version, live_resize, revision, is_removed, record)
      WHERE instances.instance_id = given.instance_id AND instances.version = given.version
      RETURNING 1
    )
    SELECT require_rows((SELECT count(*) FROM written), cardinality($1))
    """)

  /// Writes instances and locks, each only on top of the version it carries.
  static func write(_ instances: [InstanceRecord], _ locks: [InstanceLock]) -> [Call] {
    let new = instances.filter { $0.version == 0 }
      .sorted { $0.instance.instanceId.comesBefore($1.instance.instanceId) }
    // In one statement, so that both are written in the order of their ids.
    let known =
      (instances.filter { $0.version != 0 }.map(WrittenInstance.init)
      + locks.map(WrittenInstance.init)).sorted { $0.id.comesBefore($1.id) }
    var calls: [Call] = []
    if !new.isEmpty {
      calls.append(
        insertInstances.call {
          $0.add(texts: new.lazy.map(\.instance.instanceId))
          $0.add(integers: new.lazy.map(\.revision))
          $0.add(optionalTexts: new.lazy.map(\.liveResize))
          $0.add(flags: new.lazy.map(\.isRemoved))
          $0.add(records: new.map { RecordCodec.encode($0.instance) })
        })
    }
    if !known.isEmpty {
      calls.append(
        updateInstances.call {
          $0.add(texts: known.lazy.map(\.id))
          $0.add(integers: known.lazy.map(\.version))
          $0.add(optionalTexts: known.lazy.map(\.liveResize))
          $0.add(optionalIntegers: known.lazy.map { $0.record?.revision })
          $0.add(optionalFlags: known.lazy.map { $0.record?.isRemoved })
          $0.add(
            optionalRecords: known.map { $0.record.map { RecordCodec.encode($0.instance) } })
        })
    }
    return calls
  }

  private static let instancesAfter = Statement(
    "instances_after",
    """
    SELECT instance_id, version, record, revision, live_resize, is_removed FROM instances
    WHERE instance_id > $1::text ORDER BY instance_id LIMIT $2::int8
    """)

  static func instances(after id: String, limit: Int) -> Call {
    instancesAfter.call {
      $0.add(id)
      $0.add(Int64(max(limit, 0)))
    }
  }
}

/// An instance that is there already: its whole record, or no more than who holds it.
private struct WrittenInstance {
  var id: String
  var version: Int64
  var liveResize: String?
  var record: InstanceRecord?

  init(_ record: InstanceRecord) {
    id = record.instance.instanceId
    version = record.version
    liveResize = record.liveResize
    self.record = record
  }

  init(_ lock: InstanceLock) {
    id = lock.instanceId
    version = lock.version
    liveResize = lock.liveResize
  }
}
