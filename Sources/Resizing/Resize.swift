import Billing

/// One resize from request to end: all that is stored about it.
public struct Resize: Sendable, Equatable {
  public var request: ResizeRequest
  public var context: RequestContext
  public var state: ResizeState
  /// Counts the status messages of this resize; 1 with the first.
  public var sequence: Int
  public var requestedAt: Moment
  public var updatedAt: Moment
  /// What it leads to and what it costs. Nil where the resize was rejected before that was known.
  public var assessment: Assessment?
  /// Why it was rejected, failed or canceled.
  public var reason: Reason?
  /// What an operator should look at; cleared when it is settled.
  public var attention: Reason?
  /// The product of the instance; nil where there is no assessment.
  public var product: String?
  public var payment: Movement?
  public var refund: Movement?
  /// How often the control plane was told to apply; 0 in the apply mode `inventory`.
  public var applyAttempt: Int
  /// When the timer of the present state is due; nil where nothing is waited for.
  public var dueAt: Moment?
  /// Counts our commits of this row, for compare-and-set; 0 before the first.
  public var version: Int64

  public init(
    request: ResizeRequest, context: RequestContext, state: ResizeState, requestedAt: Moment
  ) {
    self.request = request
    self.context = context
    self.state = state
    self.sequence = 0
    self.requestedAt = requestedAt
    self.updatedAt = requestedAt
    self.assessment = nil
    self.reason = nil
    self.attention = nil
    self.product = nil
    self.payment = nil
    self.refund = nil
    self.applyAttempt = 0
    self.dueAt = nil
    self.version = 0
  }

  public var requestId: String { request.requestId }
}
