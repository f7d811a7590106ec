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

  public var requestId: String { request.requestId }
}

extension Resize {
  public init(
    request: ResizeRequest, context: RequestContext, state: ResizeState, requestedAt: Moment
  ) {
    // By the memberwise initializer, which moves: one that sets field by field ends with a copy of
    // them all, a dozen references to count.
    self.init(
      request: request, context: context, state: state, sequence: 0, requestedAt: requestedAt,
      updatedAt: requestedAt, applyAttempt: 0, version: 0)
  }
}
