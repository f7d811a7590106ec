extension Statement {
  /// The count is of before the insertion, which no part of the statement sees.
  private static let beginTrial = Statement(
    "begin_trial",
    """
    WITH begun AS (
      INSERT INTO trials (message, worker) VALUES ($1::text, $2::text)
      ON CONFLICT DO NOTHING RETURNING worker
    )
    SELECT (SELECT count(*) FROM trials WHERE message = $1) + (SELECT count(*) FROM begun)
    """)

  static func beginTrial(of message: String, by worker: String) -> Call {
    beginTrial.call {
      $0.add(message.withoutNUL)
      $0.add(worker)
    }
  }

  private static let endTrial = Statement(
    "end_trial", "DELETE FROM trials WHERE message = $1::text")

  static func endTrials(of messages: [String]) -> [Call] {
    messages.map { message in endTrial.call { $0.add(message.withoutNUL) } }
  }
}
