import Resizing

/// What a person did by hand to a message or a resize, kept so that others can see who it was.
public struct OperatorAction: Sendable, Equatable {
  public var at: Moment
  /// Who, such as `alice@bastion-1`.
  public var by: String
  /// What was done, such as `replayed`; the event of the timeline.
  public var action: String
  /// The resize that it was about, where that is known.
  public var requestId: String?
  /// The message that it was done to.
  public var messageId: String?
  /// The queue that the message came from.
  public var queue: String?
  /// The code of the reason that the message was put aside for.
  public var reasonCode: String?
  /// Anything else that should be read with it.
  public var detail: String?

  public init(
    at: Moment, by: String, action: String, requestId: String? = nil, messageId: String? = nil,
    queue: String? = nil, reasonCode: String? = nil, detail: String? = nil
  ) {
    self.at = at
    self.by = by
    self.action = action
    self.requestId = requestId
    self.messageId = messageId
    self.queue = queue
    self.reasonCode = reasonCode
    self.detail = detail
  }

  /// What it was done to, as a timeline says it.
  public var summary: String {
    let message = messageId.map { "message \($0)" }
    let source = queue.map { "of \($0)" }
    let reason = reasonCode.map { "put aside for \($0)" }
    let parts = [message, source, reason].compactMap { $0 }
    return ([parts.joined(separator: " ")] + [detail].compactMap { $0 })
      .filter { !$0.isEmpty }.joined(separator: "; ")
  }
}
