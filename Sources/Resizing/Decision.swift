import Billing

/// One row of a resize's timeline: what happened to it, in order.
///
/// A value that is shared, not copied, from hand to hand.
public final class TimelineEntry: Sendable, Equatable {
  public let requestId: String
  public let at: Moment
  /// The field's word for what happened, e.g. `paymentRequested`.
  public let event: String
  /// The state after it.
  public let state: ResizeState
  public let detail: String?

  public init(
    requestId: String, at: Moment, event: String, state: ResizeState, detail: String? = nil
  ) {
    self.requestId = requestId
    self.at = at
    self.event = event
    self.state = state
    self.detail = detail
  }

  public static func == (left: TimelineEntry, right: TimelineEntry) -> Bool {
    left === right
      || left.requestId == right.requestId && left.at == right.at && left.event == right.event
        && left.state == right.state && left.detail == right.detail
  }
}

/// One side of a double entry; the postings of a movement add up to zero.
public struct Posting: Sendable, Equatable {
  public var movementId: String
  public var requestId: String
  public var account: String
  /// Minor units of the currency; positive debits the account.
  public var minorUnits: Int64
  public var currency: Currency
  public var purpose: Movement.Purpose
  public var postedAt: Moment

  public init(
    movementId: String, requestId: String, account: String, minorUnits: Int64, currency: Currency,
    purpose: Movement.Purpose, postedAt: Moment
  ) {
    self.movementId = movementId
    self.requestId = requestId
    self.account = account
    self.minorUnits = minorUnits
    self.currency = currency
    self.purpose = purpose
    self.postedAt = postedAt
  }
}

/// What one input leads to: new states and the messages that tell of them, to be committed together or not at all.
///
/// A value that is shared, not copied, from hand to hand: it has two dozen references to count.
public final class Decision: Sendable, Equatable {
  /// The resize after the input; nil where the input concerns none or changes nothing.
  public let resize: Resize?
  /// The instance after the input; nil where it stays as it is.
  public let instance: InstanceRecord?
  public let emissions: [Emission]
  public let timeline: [TimelineEntry]
  public let postings: [Posting]
  /// Why the message belongs to the dead letters; nothing changes then.
  public let deadLetter: Reason?

  public init(
    resize: Resize? = nil, instance: InstanceRecord? = nil, emissions: [Emission] = [],
    timeline: [TimelineEntry] = [], postings: [Posting] = [], deadLetter: Reason? = nil
  ) {
    self.resize = resize
    self.instance = instance
    self.emissions = emissions
    self.timeline = timeline
    self.postings = postings
    self.deadLetter = deadLetter
  }

  public static func == (left: Decision, right: Decision) -> Bool {
    left === right
      || left.resize == right.resize && left.instance == right.instance
        && left.emissions == right.emissions && left.timeline == right.timeline
        && left.postings == right.postings && left.deadLetter == right.deadLetter
  }
}
