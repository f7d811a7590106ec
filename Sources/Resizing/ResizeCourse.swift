import Billing

/// One resize on its way through one decision: the state so far and what it has led to.
///
/// It cannot be copied: a copy would count two dozen references.
struct ResizeCourse: ~Copyable {
  var resize: Resize
  var instance: InstanceRecord? {
    didSet { isInstanceChanged = true }
  }
  let rules: ResizeRules
  let now: Moment

  /// What the resize was before; nil where this course begins it.
  private let original: Resize?
  private var isInstanceChanged = false
  var emissions: [Emission] = []
  var timeline: [TimelineEntry] = []
  var postings: [Posting] = []

  init(_ resize: Resize, _ instance: InstanceRecord?, _ rules: ResizeRules, _ now: Moment) {
    self.resize = resize
    self.instance = instance
    self.rules = rules
    self.now = now
    original = resize
  }

  /// The course of a resize that begins: there is nothing to compare it with, and no copy is kept for that.
  init(
    beginning resize: Resize, _ instance: InstanceRecord?, _ rules: ResizeRules, _ now: Moment
  ) {
    self.resize = resize
    self.instance = instance
    self.rules = rules
    self.now = now
    original = nil
    // Most begin with a status and a payment: room for both at once, not for the one and then the other.
    emissions.reserveCapacity(2)
    timeline.reserveCapacity(2)
  }

  /// What this course has come to; empty if nothing changed. It ends with that: its parts are moved out of it.
  consuming func decision() -> Decision {
    // Not compared as optionals: that would copy the one to make it one.
    let isChanged = if let original { resize != original } else { true }
    return Decision(
      resize: isChanged ? resize : nil,
      instance: isInstanceChanged ? instance : nil,
      emissions: emissions, timeline: timeline, postings: postings)
  }

  /// Notes something that happened without a change of state.
  mutating func note(_ event: String, _ detail: String? = nil) {
    resize.updatedAt = now
    timeline.append(
      TimelineEntry(
        requestId: resize.requestId, at: now, event: event, state: resize.state, detail: detail))
  }

  /// Enters a state and tells of it.
  mutating func enter(_ state: ResizeState, _ detail: String? = nil) {
    assert(
      resize.sequence == 0
        ? ResizeState.initial.contains(state) : resize.state.successors.contains(state),
      "\(resize.state) -> \(state) is no step of the state machine")
    resize.state = state
    note(state.rawValue, detail)
    report()
  }

  /// Sends the next status.
  mutating func report() {
    resize.sequence += 1
    emissions.append(.status(StatusReport(of: resize), replyTo: resize.context.replyTo))
  }

  /// Ends the course and lets go of the instance.
  mutating func end(_ state: ResizeState, _ reason: Reason? = nil) {
    resize.reason = reason
    resize.dueAt = nil
    if instance?.liveResize == resize.requestId { instance?.liveResize = nil }
    enter(state, reason?.message)
  }

  /// Asks an operator to look, and tells so once for each reason.
  mutating func flag(_ reason: Reason) {
    guard resize.attention?.code != reason.code else { return }
    resize.attention = reason
    note("attention", reason.message)
    report()
  }
}

// The first steps.
extension ResizeCourse {
  mutating func reject(_ reason: Reason) {
    resize.reason = reason
    enter(.rejected, "\(reason.code): \(reason.message)")
  }

  /// Takes a request whose preconditions hold.
  mutating func take(_ assessment: Assessment) {
    resize.assessment = assessment
    resize.product = instance?.instance.product
    if resize.request.dryRun {
      enter(.quoted, assessment.quote.summary)
      return
    }
    let requestId = resize.requestId
    instance?.liveResize = requestId
    guard assessment.quote.direction == .charge else {
      beginApplying(assessment.quote.summary)
      return
    }
    resize.payment = Movement(
      id: "pay_" + resize.requestId, purpose: .charge, amount: assessment.quote.amount)
    enter(.awaitingPayment, assessment.quote.summary)
    askForPayment()
  }

  mutating func cancel() {
    voidPayment(.canceled)
    end(.canceled, Reason(.canceledByRequest, "canceled before the payment was settled"))
  }
}
