import Storage

extension Statement {
  private static let recordActions = Statement(
    "record_actions",
    """
    INSERT INTO operator_actions
      (at, operator, action, request_id, message_id, queue, reason_code, detail)
    SELECT * FROM unnest($1::int8[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
      $7::text[], $8::text[])
    """)

  /// Of those about a resize that there is.
  private static let tellActions = Statement(
    "tell_actions",
    """
    INSERT INTO timeline (resize, worker, at, event, state, detail)
    SELECT number, operator, at, action, state, summary
    FROM unnest($1::text[], $2::int8[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY
      AS given (request_id, at, operator, action, summary, position)
    JOIN resizes USING (request_id) ORDER BY position
    """)

  /// Keeps what people did; the timelines of the resizes it was about tell of it.
  static func record(_ actions: [OperatorAction]) -> [Call] {
    let told = actions.filter { $0.requestId != nil }
    return [
      recordActions.call {
        $0.add(integers: actions.lazy.map(\.at.millisecondsSinceEpoch))
        $0.add(texts: actions.lazy.map(\.by))
        $0.add(texts: actions.lazy.map(\.action))
        $0.add(optionalTexts: actions.lazy.map { $0.requestId?.withoutNUL })
        $0.add(optionalTexts: actions.lazy.map { $0.messageId?.withoutNUL })
        $0.add(optionalTexts: actions.lazy.map { $0.queue?.withoutNUL })
        $0.add(optionalTexts: actions.lazy.map { $0.reasonCode?.withoutNUL })
        $0.add(optionalTexts: actions.lazy.map { $0.detail?.withoutNUL })
      },
      tellActions.call {
        $0.add(optionalTexts: told.lazy.map { $0.requestId?.withoutNUL })
        $0.add(integers: told.lazy.map(\.at.millisecondsSinceEpoch))
        $0.add(texts: told.lazy.map(\.by))
        $0.add(texts: told.lazy.map(\.action))
        $0.add(texts: told.lazy.map(\.summary.withoutNUL))
      },
    ]
  }

  private static let latestActions = Statement(
    "latest_actions",
    """
    SELECT at, operator, action, request_id, message_id, queue, reason_code, detail
    FROM operator_actions ORDER BY number DESC LIMIT $1::int8
    """)

  static func actions(limit: Int) -> Call {
    latestActions.call { $0.add(Int64(max(limit, 0))) }
  }
}
