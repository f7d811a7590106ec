import Resizing
import Storage

extension ResizeFilter {
  /// The query for the rows asked for; `bind(to:)` fills it in.
  ///
  /// One arm a state, each bounded by the limit, so that a list of the latest never sorts all
  /// resizes that ever ended in one of them.
  var selection: String {
    let arms = (orderedStates.isEmpty ? [nil] : orderedStates.indices.map(Optional.some))
      .map(arm)
    return Resize.selection + """
      WHERE number IN (\(arms.joined(separator: "\nUNION ALL\n")))
      ORDER BY number DESC LIMIT ?1
      """
  }

  func bind(to statement: PreparedStatement) throws {
    try statement.bind(Int64(limit), at: 1)
    if let instanceId { try statement.bind(instanceId, at: 2) }
    if let tenantId { try statement.bind(tenantId, at: 3) }
    for (offset, state) in orderedStates.enumerated() {
      try statement.bind(state.rawValue, at: firstState + Int32(offset))
    }
  }

  private var orderedStates: [ResizeState] {
    ResizeState.allCases.filter { states?.contains($0) ?? false }
  }
  private var firstState: Int32 { 4 }

  private func arm(ofState offset: Int?) -> String {
    var conditions: [String] = []
    if let offset { conditions.append("state = ?\(firstState + Int32(offset))") }
    if instanceId != nil { conditions.append("instance_id = ?2") }
    if tenantId != nil { conditions.append("tenant_id = ?3") }
    if needsAttention { conditions.append("needs_attention = 1") }
    let condition = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
    return "SELECT * FROM (SELECT number FROM resizes\(condition) ORDER BY number DESC LIMIT ?1)"
  }
}
