import Contracts
import Resizing

/// All that one batch changes, written in one transaction.
public struct ChangeSet: Sendable, Equatable {
  /// The worker that commits; stands in the timeline.
  public var worker: String
  /// Carrying the version they were loaded with.
  public var resizes: [Resize]
  /// Instances whose record changes; one of which only the holder changes stands in `locks`.
  public var instances: [InstanceRecord]
  /// Instances that a resize takes or lets go, and of which nothing else changes.
  public var locks: [InstanceLock]
  public var timeline: [TimelineEntry]
  public var postings: [Posting]
  public var outbox: [OutboxMessage]
  /// Sequences of the worker's own outbox rows that the broker has confirmed, to be deleted.
  public var confirmed: [ClosedRange<Int64>]
  /// Messages that were on trial (``Store/beginTrial(of:by:)``) and are settled with this.
  public var trials: [String]

  public init(
    worker: String, resizes: [Resize] = [], instances: [InstanceRecord] = [],
    locks: [InstanceLock] = [], timeline: [TimelineEntry] = [], postings: [Posting] = [],
    outbox: [OutboxMessage] = [], confirmed: [ClosedRange<Int64>] = [], trials: [String] = []
  ) {
    self.worker = worker
    self.resizes = resizes
    self.instances = instances
    self.locks = locks
    self.timeline = timeline
    self.postings = postings
    self.outbox = outbox
    self.confirmed = confirmed
    self.trials = trials
  }
}

public enum CommitOutcome: Sendable, Equatable {
  case committed
  /// The resizes and instances that somebody else has changed since they were loaded.
  case conflict(requestIds: [String], instanceIds: [String])
}

/// A message that is to leave, stored until the broker has confirmed it.
///
/// A value that is shared, not copied: it passes through a dozen hands on its way, and each copy of
/// its texts would count a dozen references.
public final class OutboxMessage: Sendable, Equatable {
  /// The worker that publishes it; with `sequence` its key, so each run of a process needs a name
  /// of its own.
  public let owner: String
  /// Counts the messages of one owner upwards; the order in which they leave.
  public let sequence: Int64
  public let createdAt: Moment
  public let event: OutgoingEvent

  public init(owner: String, sequence: Int64, createdAt: Moment, event: OutgoingEvent) {
    self.owner = owner
    self.sequence = sequence
    self.createdAt = createdAt
    self.event = event
  }

  public static func == (left: OutboxMessage, right: OutboxMessage) -> Bool {
    left.sequence == right.sequence && left.owner == right.owner
      && left.createdAt == right.createdAt && left.event == right.event
  }
}
