import Resizing

/// A message that cannot be acted on, with what could be read of it.
struct UnreadableMessage: Error, Sendable {
  var reason: Reason
  var requestId: String?
  var tenantId: String?
  var instanceId: String?
  /// Whether the sender gets a status, too: only who asked for something waits for one.
  var isAnswered: Bool

  init(
    reason: Reason, requestId: String? = nil, tenantId: String? = nil, instanceId: String? = nil,
    isAnswered: Bool = true
  ) {
    self.reason = reason
    self.requestId = requestId
    self.tenantId = tenantId
    self.instanceId = instanceId
    self.isAnswered = isAnswered
  }
}
