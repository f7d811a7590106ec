import Resizing

// A row of a resize that is not there breaks its NOT NULL.
extension Statement {
  private static let appendTimeline = Statement(
    "append_timeline",
    """
    INSERT INTO timeline (resize, worker, at, event, state, detail)
    SELECT (SELECT number FROM resizes WHERE resizes.request_id = given.request_id),
      $1::text, at, event, state, detail
    FROM unnest($2::text[], $3::int8[], $4::text[], $5::text[], $6::text[])
      AS given (request_id, at, event, state, detail)
    """)

  static func append(_ entries: [TimelineEntry], by worker: String) -> [Call] {
    if entries.isEmpty { return [] }
    return [
      appendTimeline.call {
        $0.add(worker)
        $0.add(texts: entries.lazy.map(\.requestId))
        $0.add(integers: entries.lazy.map(\.at.millisecondsSinceEpoch))
        $0.add(texts: entries.lazy.map(\.event))
        $0.add(texts: entries.lazy.map(\.state.rawValue))
        $0.add(optionalTexts: entries.lazy.map { $0.detail?.withoutNUL })
      }
    ]
  }

  private static let timeline = Statement(
    "timeline",
    """
    SELECT number, worker, at, event, state, detail FROM timeline
    WHERE resize = (SELECT number FROM resizes WHERE request_id = $1::text) ORDER BY number
    """)

  static func timeline(of requestId: String) -> Call { timeline.call { $0.add(requestId) } }
}

extension String {
  /// For what nobody needs back byte by byte: PostgreSQL's texts cannot hold U+0000.
  var withoutNUL: String { utf8.contains(0) ? replacing("\0", with: "\u{FFFD}") : self }
}
