import GRDB
import Resizing
import Storage

extension SQLiteStore {
  public func record(_ actions: [OperatorAction]) async throws(StoreError) {
    guard !actions.isEmpty else { return }
    try await transact { db in
      let insertion = try PreparedStatement(
        db,
        """
        INSERT INTO operator_actions
          (at, operator, action, request_id, message_id, queue, reason_code, detail)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """)
      for action in actions {
        try insertion.bind(action.at.millisecondsSinceEpoch, at: 1)
        try insertion.bind(action.by, at: 2)
        try insertion.bind(action.action, at: 3)
        try insertion.bind(action.requestId, at: 4)
        try insertion.bind(action.messageId, at: 5)
        try insertion.bind(action.queue, at: 6)
        try insertion.bind(action.reasonCode, at: 7)
        try insertion.bind(action.detail, at: 8)
        try insertion.run()
      }
      try TimelineRows(db).append(actions)
      return .commit(())
    }
  }

  public func actions(limit: Int) async throws(StoreError) -> [OperatorAction] {
    try await read { db in
      let rows = try PreparedStatement(
        db,
        """
        SELECT at, operator, action, request_id, message_id, queue, reason_code, detail
        FROM operator_actions ORDER BY number DESC LIMIT ?1
        """)
      try rows.bind(Int64(max(limit, 0)), at: 1)
      var actions: [OperatorAction] = []
      while try rows.next() {
        actions.append(
          OperatorAction(
            at: Moment(millisecondsSinceEpoch: rows.integer(at: 0)), by: rows.text(at: 1),
            action: rows.text(at: 2), requestId: rows.optionalText(at: 3),
            messageId: rows.optionalText(at: 4), queue: rows.optionalText(at: 5),
            reasonCode: rows.optionalText(at: 6), detail: rows.optionalText(at: 7)))
      }
      return actions
    }
  }
}
