import Resizing
import Storage

extension Statement {
  static let resizesByState = Statement(
    "resizes_by_state", "SELECT state, count(*) FROM resizes GROUP BY state")

  private static let counts = Statement(
    "counts",
    """
    SELECT (SELECT count(*) FROM resizes WHERE needs_attention),
      (SELECT count(*) FROM resizes WHERE wake_at <= $1::int8),
      (SELECT coalesce(sum(message_count), 0)::bigint FROM outbox),
      (SELECT coalesce(sum(payment_count), 0)::bigint FROM outbox),
      (SELECT min(created_at) FROM outbox),
      (SELECT count(*) FROM instances) - (SELECT count(*) FROM instances WHERE is_removed)
    """)

  static func counts(now: Moment) -> Call { counts.call { $0.add(now.millisecondsSinceEpoch) } }

  static let workers = Statement(
    "workers",
    """
    SELECT worker, started_at, beat_at, payments_answered, payments_failed FROM workers
    ORDER BY worker
    """)

  /// The resizes that a filter asks for, the latest first.
  ///
  /// Each state is a list of its own, bounded by the limit, so that a list of the latest never sorts
  /// all resizes that ever ended in one of them.
  static func resizes(matching filter: ResizeFilter) -> Call {
    var parameters = Parameters()
    parameters.add(Int64(max(filter.limit, 0)))
    parameters.add(texts: filter.states.map { $0.map(\.rawValue).sorted() } ?? ["any"])
    var conditions: [String] = []
    // A bit a condition: the whole of them would be too long for a name.
    var asked = 0
    if filter.states != nil {
      asked |= 1
      conditions.append("state = wanted.state")
    }
    for (bit, column, value) in [
      (2, "instance_id", filter.instanceId), (4, "tenant_id", filter.tenantId),
    ] {
      guard let value else { continue }
      asked |= bit
      parameters.add(value)
      conditions.append("\(column) = $\(parameters.places.count)::text")
    }
    if filter.needsAttention {
      asked |= 8
      conditions.append("needs_attention")
    }
    let condition = conditions.isEmpty ? "true" : conditions.joined(separator: " AND ")
    let statement = Statement(
      "resizes_\(asked)",
      """
      SELECT request_id, version, record FROM resizes WHERE number IN (
        SELECT latest.number FROM unnest($2::text[]) AS wanted (state) CROSS JOIN LATERAL (
          SELECT number FROM resizes WHERE \(condition)
          ORDER BY number DESC LIMIT $1::int8) AS latest)
      ORDER BY number DESC LIMIT $1
      """)
    return Call(statement: statement, parameters: parameters)
  }
}
