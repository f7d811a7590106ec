import Resizing

/// What a worker has taken over from others that are gone.
public struct AdoptedOutbox: Sendable, Equatable {
  /// Under the names and sequences of their new owner.
  public var messages: [OutboxMessage]
  /// What stood between them and could not be read.
  public var setAside: [SetAsidePage]
  /// Why what some of them left could not be taken; it is left where it is.
  public var failure: StoreError?

  public init(
    messages: [OutboxMessage] = [], setAside: [SetAsidePage] = [], failure: StoreError? = nil
  ) {
    self.messages = messages
    self.setAside = setAside
    self.failure = failure
  }
}

/// A part of the outbox that could not be read, and is kept for people to look at.
///
/// What it held was never sent. Payments, refunds and commands among it are asked for again, under
/// their keys, when their time-outs are over; statuses stand in the timelines of their resizes.
public struct SetAsidePage: Sendable, Equatable, CustomStringConvertible {
  /// As its row has them, however little sense they make.
  public var owner: String
  public var firstSequence: Int64
  public var lastSequence: Int64
  public var createdAt: Moment
  /// Why it cannot be read.
  public var reason: String

  public init(
    owner: String, firstSequence: Int64, lastSequence: Int64, createdAt: Moment, reason: String
  ) {
    self.owner = owner
    self.firstSequence = firstSequence
    self.lastSequence = lastSequence
    self.createdAt = createdAt
    self.reason = reason
  }

  public var description: String {
    "the outbox page of \(owner) with messages \(firstSequence) to \(lastSequence), of "
      + "\(createdAt.instant.rfc3339), cannot be read: \(reason)"
  }
}
