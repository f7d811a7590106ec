import Contracts
import Resizing

// Rows are written in the order of their keys by every worker, so that no two of them wait for each
// other; should the server see a deadlock all the same, the transaction is run again.
extension Statement {
  /// The resizes asked for, and the instances of those and the ones asked for, on one snapshot.
  private static let facts = Statement(
    "facts",
    """
    WITH found AS MATERIALIZED (
      SELECT request_id, instance_id, version, record FROM resizes WHERE request_id = ANY ($1::text[])
    )
    SELECT request_id, version, record, NULL, NULL, NULL FROM found
    UNION ALL
    SELECT instance_id, version, record, revision, live_resize, is_removed FROM instances
    WHERE instance_id = ANY (ARRAY (SELECT instance_id FROM found UNION SELECT unnest($2::text[])))
    """)

  static func facts(_ requestIds: [String], _ instanceIds: [String]) -> Call {
    facts.call {
      $0.add(texts: requestIds)
      $0.add(texts: instanceIds)
    }
  }

  /// The versions that rows are at, for saying which of a change set are stale.
  private static let versions = Statement(
    "versions",
    """
    SELECT true, request_id, version FROM resizes WHERE request_id = ANY ($1::text[])
    UNION ALL
    SELECT false, instance_id, version FROM instances WHERE instance_id = ANY ($2::text[])
    """)

  static func versions(_ requestIds: [String], _ instanceIds: [String]) -> Call {
    versions.call {
      $0.add(texts: requestIds)
      $0.add(texts: instanceIds)
    }
  }

  private static let insertResizes = Statement(
    "insert_resizes",
    """
    INSERT INTO resizes
      (request_id, instance_id, tenant_id, state, needs_attention, wake_at, version, record)
    SELECT request_id, instance_id, tenant_id, state, needs_attention, wake_at, 1, record
    FROM unnest($1::text[], $2::text[], $3::bool[], $4::int8[], $5::text[], $6::text[], $7::text[])
      AS given (request_id, state, needs_attention, wake_at, record, instance_id, tenant_id)
    """)

  private static let updateResizes = Statement(
    "update_resizes",
    """
    WITH written AS (
      UPDATE resizes
      SET version = given.version + 1, state = given.state,
        needs_attention = given.needs_attention, wake_at = given.wake_at, record = given.record
      FROM unnest($1::text[], $2::text[], $3::bool[], $4::int8[], $5::text[], $6::int8[])
        AS given (request_id, state, needs_attention, wake_at, record, version)
      WHERE resizes.request_id = given.request_id AND resizes.version = given.version
      RETURNING 1
    )
    SELECT require_rows((SELECT count(*) FROM written), cardinality($1))
    """)

  /// Writes resizes, each only on top of the version it carries.
  static func write(_ resizes: [Resize]) -> [Call] {
    let sorted = resizes.sorted { $0.requestId.comesBefore($1.requestId) }
    let new = sorted.filter { $0.version == 0 }
    let known = sorted.filter { $0.version != 0 }
    var calls: [Call] = []
    if !new.isEmpty {
      calls.append(
        insertResizes.call { parameters in
          parameters.add(state: new)
          parameters.add(texts: new.lazy.map(\.request.instanceId))
          parameters.add(texts: new.lazy.map(\.request.tenantId))
        })
    }
    if !known.isEmpty {
      calls.append(
        updateResizes.call { parameters in
          parameters.add(state: known)
          parameters.add(integers: known.lazy.map(\.version))
        })
    }
    return calls
  }
}

extension Parameters {
  /// What an insertion and an update have in common.
  fileprivate mutating func add(state resizes: [Resize]) {
    add(texts: resizes.lazy.map(\.requestId))
    add(texts: resizes.lazy.map(\.state.rawValue))
    add(flags: resizes.lazy.map { $0.attention != nil })
    add(optionalIntegers: resizes.lazy.map { $0.dueAt?.millisecondsSinceEpoch })
    add(records: resizes.map { RecordCodec.encode($0) })
  }
}

extension String {
  /// In the order of their bytes, which is the databases' order of ids.
  func comesBefore(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
