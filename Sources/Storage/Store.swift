import Resizing

/// The port to the state of all resizes: facts come out, changes go in, a batch at a time, as
/// values.
///
/// No closure of the caller's ever runs inside a transaction, so that an engine behind a network
/// needs one round trip for a load and one for a commit. Every engine passes the same conformance
/// suite.
public protocol Store: Sendable {
  /// Everything that a batch needs, in one query: the resizes and instances named, and the
  /// instances of those resizes.
  func load(_ keys: FactKeys) async throws(StoreError) -> Facts

  /// Writes all of a change set in one durable transaction, or nothing.
  ///
  /// Each resize and instance is written only if its stored version is still the one it carries (0:
  /// the row must not exist); written rows carry that version + 1. A row that stands twice in the
  /// change set is in conflict with itself. A lock is such a write of an instance, and leaves all of
  /// it but the holder and the version as it is.
  ///
  /// Refused, with nothing written: postings of a movement that do not add up to zero or were
  /// posted before, timeline entries and postings of a resize that does not exist, and outbox rows
  /// whose owner and sequence are taken.
  ///
  /// Postings become entries by `LedgerExtension`, with the heads of their accounts read and written
  /// in the same transaction. An engine that cannot keep others from an account between the two
  /// reports the requests whose postings came too late as a conflict.
  /// - Returns: `.conflict` if another worker was faster with any of the rows; nothing was written,
  ///   load and decide again.
  func commit(_ changes: ChangeSet) async throws(StoreError) -> CommitOutcome

  /// Takes resizes whose timer is due and that nobody else has taken, and holds them for `lease`
  /// milliseconds.
  ///
  /// A worker that dies with them loses them after the lease; a commit of the resize ends its
  /// claim. The commit's compare-and-set still decides who acts.
  /// - Returns: Their request ids, the one that has waited longest first.
  func claimDueTimers(now: Moment, limit: Int, lease: Int64) async throws(StoreError) -> [String]

  /// Tells that a worker lives. The first call registers it.
  func heartbeat(_ worker: WorkerHeartbeat) async throws(StoreError)

  /// Strikes a worker that stopped in order; what is left in its outbox may be adopted at once, and
  /// what it had on trial has not ended it.
  func retire(worker: String) async throws(StoreError)

  /// Notes durably that a worker begins with a message that may have ended workers before.
  ///
  /// A trial ends with a commit that names the message in ``ChangeSet/trials``, for all workers that
  /// had it on trial, or with the retirement of its worker. A second beginning of one worker is the
  /// same trial. So what is left over are trials whose workers ended out of order.
  /// - Parameter message: What tells the message from others, at most a few hundred bytes.
  /// - Returns: How many workers have begun with it and not ended, this one included.
  func beginTrial(of message: String, by worker: String) async throws(StoreError) -> Int

  /// Moves up to `limit` outbox rows of workers that are retired or whose last heartbeat is before
  /// `staleBefore` to `owner`, numbering them from `firstSequence` on: worker by worker in the
  /// order of their sequences, the worker with the oldest first row first.
  ///
  /// A worker that never beat counts as retired. Stale workers without rows left are struck. Rows that
  /// cannot be read are set aside, and keep nobody from those after them; `statistics` tells of them
  /// from then on.
  func adoptOutbox(owner: String, firstSequence: Int64, staleBefore: Moment, limit: Int)
    async throws(StoreError) -> AdoptedOutbox

  /// What holds for all workers at once.
  func switches() async throws(StoreError) -> Switches

  /// Sets one switch; the others and the breaker stay as they are.
  func set(_ name: OperatorSwitch, to position: SwitchPosition) async throws(StoreError)

  /// Moves the breaker to another state if its stored revision is still the one carried (0: it has
  /// never moved); it is stored with that revision + 1.
  /// - Returns: The breaker as it is stored then: the given one, or that of whoever was faster.
  func exchange(_ breaker: BreakerState) async throws(StoreError) -> BreakerState

  /// Keeps what people did by hand, all of it or nothing, durably.
  ///
  /// Where an action names a resize that there is, its timeline tells of it, too: with the action as
  /// the event, who did it as the worker, its summary as the detail, and the resize's state.
  func record(_ actions: [OperatorAction]) async throws(StoreError)

  // What operators read.
  /// What people did by hand, the latest recorded first.
  func actions(limit: Int) async throws(StoreError) -> [OperatorAction]
  func timeline(requestId: String) async throws(StoreError) -> [TimelineRow]
  func resizes(matching filter: ResizeFilter) async throws(StoreError) -> [Resize]
  /// Instances in the order of their ids' bytes, after the id given; removed ones included.
  func instances(after: String?, limit: Int) async throws(StoreError) -> [InstanceRecord]
  func statistics(now: Moment) async throws(StoreError) -> StoreStatistics

  // The ledger. Rows are given as they are stored, however little sense they make.

  /// The rows of a resize in the order they were made.
  func ledgerRows(requestId: String) async throws(StoreError) -> [LedgerRow]
  /// Where the accounts stand, in their order, after the account given.
  func ledgerHeads(after: LedgerAccount?, limit: Int) async throws(StoreError) -> [LedgerHead]
  /// Up to `limit` rows, at least one, after the place given, in one snapshot with the heads.
  ///
  /// A row whose resize is gone has an empty request id.
  func ledgerPage(after: LedgerPlace?, limit: Int) async throws(StoreError) -> LedgerPage
  /// All resizes in the order of their numbers, after the number given, with their ledger rows; those
  /// whose record cannot be read as well.
  func postedResizes(after: Int64, limit: Int) async throws(StoreError) -> [PostedResize]

  func close() async
}

extension Store {
  /// The postings of a resize in the order they were made.
  /// - Throws: `refused` where a row's currency or purpose is none.
  public func postings(requestId: String) async throws(StoreError) -> [Posting] {
    var postings: [Posting] = []
    for row in try await ledgerRows(requestId: requestId) {
      guard let posting = Posting(row.entry) else {
        throw StoreError(
          .refused,
          "Row \(row.number) of the ledger, of \(requestId), cannot be read: its currency or "
            + "purpose is unknown.")
      }
      postings.append(posting)
    }
    return postings
  }
}

/// The keys of what a batch of messages is about.
public struct FactKeys: Sendable, Equatable {
  public var requestIds: Set<String>
  public var instanceIds: Set<String>

  public init(requestIds: Set<String> = [], instanceIds: Set<String> = []) {
    self.requestIds = requestIds
    self.instanceIds = instanceIds
  }
}

/// What the store knows of the keys asked for; what is not in it does not exist.
public struct Facts: Sendable, Equatable {
  public var resizes: [String: Resize]
  public var instances: [String: InstanceRecord]

  public init(resizes: [String: Resize] = [:], instances: [String: InstanceRecord] = [:]) {
    self.resizes = resizes
    self.instances = instances
  }
}
