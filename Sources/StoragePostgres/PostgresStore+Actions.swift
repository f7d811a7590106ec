import Resizing
import Storage

extension PostgresStore {
  public func record(_ actions: [OperatorAction]) async throws(StoreError) {
    if actions.isEmpty { return }
    try await run(Statement.record(actions).asTransaction)
  }

  public func actions(limit: Int) async throws(StoreError) -> [OperatorAction] {
    try await view([Statement.actions(limit: limit)]) { answers in
      answers[0].map { row in
        OperatorAction(
          at: row.moment(at: 0), by: row.text(at: 1), action: row.text(at: 2),
          requestId: row.optionalText(at: 3), messageId: row.optionalText(at: 4),
          queue: row.optionalText(at: 5), reasonCode: row.optionalText(at: 6),
          detail: row.optionalText(at: 7))
      }
    }
  }
}
