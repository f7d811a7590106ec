import Contracts
import OrderedCollections
import Resizing
import Storage

/// What a batch comes to: one change set, and what should be read of it in the log.
struct BatchResult: Sendable {
  var changes: ChangeSet
  var notices: [WorkerNotice]
  /// The next free outbox sequence.
  var nextSequence: Int64
  /// Timers of payments and refunds that may not ask now; they ring again after their lease.
  var heldTimers: [String] = []
}

/// Decides a batch in order on the facts loaded for it; a later item sees what an earlier one has changed.
struct BatchDecider: Sendable {
  let machine: ResizeMachine
  let translator: MessageTranslator
  /// Told in statuses.
  let worker: String

  /// Decides every item of the batch.
  func decide(
    _ batch: Batch, facts: Facts, owner: String, firstSequence: Int64,
    paymentTimers: PaymentTimers, now: Moment
  ) -> BatchResult {
    var draft = Draft(
      facts: facts, owner: owner, nextSequence: firstSequence, now: now, size: batch.items.count)
    draft.paymentTimers = paymentTimers
    for item in batch.items {
      switch item.content {
      case .input(let input, let eventId): decide(input, eventId, item, &draft)
      case .unreadable(let unreadable): bury(unreadable, item.delivery, &draft)
      }
    }
    return draft.result()
  }

  /// Sends a message to the dead letters that the store will not take in any company.
  func bury(
    _ item: BatchItem, because error: StoreError, owner: String, firstSequence: Int64, now: Moment
  ) -> BatchResult {
    var draft = Draft(
      facts: Facts(), owner: owner, nextSequence: firstSequence, now: now, size: 1)
    let reason = Reason(
      code: "StoreRefused", message: "the store refused what this message leads to: \(error)")
    guard let delivery = item.delivery else {
      let (timer, cause) = (item.requestId ?? "", "\(error)")
      draft.notices.append(.timerRefused(requestId: timer, reason: cause))
      return draft.result()
    }
    // Settlements and reports are answered by nobody: a status would take the resize for ended.
    bury(
      UnreadableMessage(
        reason: reason, requestId: item.requestId, tenantId: item.tenantId,
        instanceId: item.instanceId, isAnswered: delivery.queue == .requests),
      delivery, &draft)
    return draft.result()
  }

  private func decide(
    _ input: ResizeInput, _ eventId: String, _ item: BatchItem, _ draft: inout Draft
  ) {
    let resize = item.requestId.flatMap { draft.resize($0) }
    let instanceId = item.instanceId ?? resize?.request.instanceId
    let instance = instanceId.flatMap { draft.instance($0) }
    if case .timerDue = input, let resize, isHeld(resize, &draft) { return }
    let decision = machine.decide(
      input, eventId: eventId, resize: resize, instance: instance, now: draft.now)
    if let reason = decision.deadLetter {
      bury(
        UnreadableMessage(reason: reason, requestId: item.requestId, isAnswered: false),
        item.delivery, &draft)
      return
    }
    let context = decision.resize?.context ?? resize?.context ?? input.context
    for emission in decision.emissions {
      draft.send(translator.events(for: emission, context: context, worker: worker, at: draft.now))
    }
    draft.record(decision, over: instance)
  }

  /// Whether the timer of a payment or refund may not ask for it again now.
  private func isHeld(_ resize: Resize, _ draft: inout Draft) -> Bool {
    guard resize.awaitedMovement != nil, let dueAt = resize.dueAt, dueAt <= draft.now else {
      return false
    }
    switch draft.paymentTimers {
    case .free(let since):
      guard let decision = machine.waitLonger(resize, askedSince: since, now: draft.now) else {
        return false
      }
      draft.record(decision, over: nil)
      return true
    case .probes(let count) where count > 0:
      draft.paymentTimers = .probes(count - 1)
      return false
    case .held, .probes:
      draft.heldTimers.append(resize.requestId)
      return true
    }
  }

  private func bury(
    _ unreadable: UnreadableMessage, _ delivery: IntakeDelivery?, _ draft: inout Draft
  ) {
    guard let delivery else { return }
    draft.notices.append(
      .deadLettered(queue: delivery.queue.rawValue, reason: unreadable.reason))
    // Tags begin anew with each connection: they alone would give two answers one id.
    var letterId = "\(draft.owner)-\(delivery.epoch)-\(delivery.tag)"
    if delivery.body != nil {
      let letter = translator.deadLetter(delivery, unreadable, at: draft.now)
      letterId = letter.id
      draft.send([letter])
    }
    guard unreadable.isAnswered, let requestId = unreadable.requestId else { return }
    let report = StatusReport(
      rejecting: requestId, tenantId: unreadable.tenantId ?? "unknown",
      instanceId: unreadable.instanceId ?? "unknown",
      answerTo: letterId, reason: unreadable.reason)
    let context = RequestContext(
      replyTo: delivery.replyTo, traceparent: delivery.traceparent, tracestate: delivery.tracestate)
    draft.send(
      translator.events(
        for: .status(report, replyTo: delivery.replyTo), context: context, worker: worker,
        at: draft.now))
  }
}

/// The state of a batch while it is decided.
private struct Draft {
  private let facts: Facts
  let owner: String
  var nextSequence: Int64
  let now: Moment
  var notices: [WorkerNotice] = []
  var paymentTimers = PaymentTimers.held
  var heldTimers: [String] = []
  /// What has changed since the facts were loaded, in the order of the first change.
  private var resizes: OrderedDictionary<String, Resize> = [:]
  private var instances: OrderedDictionary<String, ChangedInstance> = [:]
  private var timeline: [TimelineEntry] = []
  private var postings: [Posting] = []
  private var outbox: [OutboxMessage] = []

  /// - Parameter size: How many items there are to decide.
  init(facts: Facts, owner: String, nextSequence: Int64, now: Moment, size: Int) {
    self.facts = facts
    self.owner = owner
    self.nextSequence = nextSequence
    self.now = now
    // Room for what comes: a set that grows hashes every id again.
    resizes.reserveCapacity(size)
    instances.reserveCapacity(size)
    timeline.reserveCapacity(2 * size)
    outbox.reserveCapacity(2 * size)
  }

  /// As it stands now.
  func resize(_ requestId: String) -> Resize? { resizes[requestId] ?? facts.resizes[requestId] }

  /// As it stands now.
  func instance(_ id: String) -> InstanceRecord? { instances[id]?.record ?? facts.instances[id] }

  /// - Parameter stored: The instance as it was before the decision.
  mutating func record(_ decision: Decision, over stored: InstanceRecord?) {
    if let resize = decision.resize { resizes[resize.requestId] = resize }
    if let instance = decision.instance {
      let id = instance.instance.instanceId
      let isRewritten = stored.flatMap(instance.lock(since:)) == nil
      let changed = ChangedInstance(record: instance, isRewritten: isRewritten)
      // What it was before is told by the writing itself: to look would hash the id once more.
      if instances.updateValue(changed, forKey: id)?.isRewritten == true {
        instances[id]?.isRewritten = true
      }
    }
    timeline.append(contentsOf: decision.timeline)
    postings.append(contentsOf: decision.postings)
  }

  mutating func send(_ events: [OutgoingEvent]) {
    for event in events {
      outbox.append(
        OutboxMessage(owner: owner, sequence: nextSequence, createdAt: now, event: event))
      nextSequence += 1
    }
  }

  /// What the batch comes to; the last thing that is asked.
  consuming func result() -> BatchResult {
    var changes = ChangeSet(
      worker: owner, resizes: resizes.values.elements, timeline: timeline, postings: postings,
      outbox: outbox)
    for (id, instance) in instances {
      let record = instance.record
      if instance.isRewritten {
        changes.instances.append(record)
      } else {
        changes.locks.append(
          InstanceLock(instanceId: id, liveResize: record.liveResize, version: record.version))
      }
    }
    return BatchResult(
      changes: changes, notices: notices, nextSequence: nextSequence, heldTimers: heldTimers)
  }
}

/// An instance that a batch has changed.
private struct ChangedInstance {
  var record: InstanceRecord
  /// Whether more than its holder has changed.
  var isRewritten: Bool
}

extension ResizeInput {
  fileprivate var context: RequestContext {
    switch self {
    case .requested(_, let context), .cancelRequested(_, _, let context): context
    case .paymentSettled, .refundSettled, .applied, .instanceChanged, .timerDue: .none
    }
  }
}
