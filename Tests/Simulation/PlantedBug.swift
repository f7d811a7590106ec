import Resizing
import Storage

/// A mistake planted between the real worker and the simulated world, to show that the simulation would find it.
public enum PlantedBug: String, Sendable, CaseIterable {
  /// Deliveries are acknowledged when their batch is loaded, not when it is durable.
  case acknowledgedBeforeCommit
  /// A payment that is asked for again gets a new idempotency key.
  case newKeyOnRetry
  /// Instances are written over whatever another worker has written.
  case noCompareAndSet
  /// Messages leave the outbox when they are published, not when they are confirmed.
  case deletedBeforeConfirm
  /// More is refunded than the orders' cash allows.
  case unboundedRefund
  /// An acknowledgement from before a reconnect is sent on the new connection.
  case staleDeliveryTag
  /// Due timers are handed to everybody who asks.
  case timerClaimedTwice
  /// Messages that only lost their connections often are put aside, as a broker's default limit would.
  case lostConnectionsCounted
  /// How many workers a message has ended is not kept.
  case trialForgotten
}

extension SimulatedWorld {
  /// What a worker gets to see of the facts.
  func planted(_ facts: Facts) -> Facts {
    guard plan.bug == .unboundedRefund else { return facts }
    var facts = facts
    for id in facts.instances.keys {
      guard let instance = facts.instances[id]?.instance else { continue }
      var subscription = instance.subscription
      for index in subscription.orders.indices
      where subscription.orders[index].kind == .purchase {
        subscription.orders[index].paidCash = .init(1_000_000)
        subscription.orders[index].refunded = .zero
      }
      facts.instances[id]?.instance = instance.with(subscription: subscription)
    }
    return facts
  }

  /// What of a worker's changes reaches the store.
  func planted(_ changes: ChangeSet) async throws(StoreError) -> ChangeSet {
    guard plan.bug == .noCompareAndSet else { return changes }
    var changes = changes
    let ids = Set(
      changes.instances.map(\.instance.instanceId) + changes.locks.map(\.instanceId))
    let stored = try await store.load(FactKeys(instanceIds: ids))
    for index in changes.instances.indices {
      let id = changes.instances[index].instance.instanceId
      changes.instances[index].version = stored.instances[id]?.version ?? 0
    }
    for index in changes.locks.indices {
      let id = changes.locks[index].instanceId
      changes.locks[index].version = stored.instances[id]?.version ?? 0
    }
    return changes
  }

  /// Strikes messages from the outbox that no broker has confirmed.
  func deleteUnconfirmed(_ messages: [OutboxMessage]) {
    let store = store
    _ = Task(executorPreference: executor) {
      for message in messages {
        let range = message.sequence...message.sequence
        _ = try? await store.commit(ChangeSet(worker: message.owner, confirmed: [range]))
      }
    }
  }

  /// The timers a worker gets, and whether any of them is another's by then.
  func claimTimers(
    now: Moment, limit: Int, lease: Int64
  ) async throws(StoreError) -> [String] {
    try await store.claim(now: now, limit: limit, lease: lease, for: self)
  }

  fileprivate func noteClaim(_ id: String, _ version: Int64, now: Moment, lease: Int64) {
    if let claim = claims[id], claim.version == version, claim.until > now {
      doubleClaims.append(id)
    }
    claims[id] = (version, now.adding(milliseconds: lease))
  }

  /// The bytes that the payment service gets.
  func planted(_ body: [UInt8], id: String) -> [UInt8] {
    guard plan.bug == .newKeyOnRetry, let attempt = id.split(separator: ":").last,
      id.contains(":payment:"), attempt != "1"
    else { return body }
    let text = String(decoding: body, as: UTF8.self)
    return Array(text.replacing("\"pay_", with: "\"pay_\(attempt)_").utf8)
  }
}

extension InMemoryStore {
  /// Claims timers and notes it before anybody else claims or commits: all of it in one turn of the store.
  fileprivate func claim(
    now: Moment, limit: Int, lease: Int64, for world: SimulatedWorld
  ) throws(StoreError) -> [String] {
    var ids = try claimDueTimers(now: now, limit: limit, lease: lease)
    if world.plan.bug == .timerClaimedTwice {
      ids = try resizes(matching: ResizeFilter(limit: 10_000))
        .filter { $0.dueAt.map { $0 <= now } ?? false }.map(\.requestId)
    }
    let facts = try load(FactKeys(requestIds: Set(ids)))
    for id in ids {
      world.noteClaim(id, facts.resizes[id]?.version ?? 0, now: now, lease: lease)
    }
    return ids
  }
}
