import Resizing
import Storage

/// Why no new request is taken; settlements, apply reports and inventory are, whatever the reason.
public enum RequestsHold: Sendable, Equatable {
  /// An operator has paused intake.
  case paused(by: String?, since: Moment?)
  /// The broker takes no messages, for an alarm.
  case brokerBlocked(String)
  /// Too many messages cannot be delivered.
  case outboxFull
}

// Requests are what makes the outbox grow: they stop first, and alone. What answers to requests
// already taken goes on, for it is what ends them; it stops only at twice the bound.
extension WorkerCore {
  /// Stops or goes on taking requests, as switch, alarm and outbox stand.
  mutating func regulateRequests(_ now: Moment, _ actions: inout [WorkerAction]) {
    noteFullness(now)
    // A pause lasts until the store says otherwise, also where it cannot be asked.
    guard let switches else { return }
    let hold = requestsHoldNow(switches, now)
    defer { requestsHold = hold }
    guard (hold == nil) != (requestsHold == nil), !isDraining else { return }
    if let hold {
      actions.append(.holdRequests)
      actions.append(.log(.requestsHeld(explanation(of: hold, at: now))))
    } else {
      actions.append(.takeRequests)
      actions.append(.log(.requestsTaken))
    }
  }

  /// Takes messages again, once it is known whether requests are among them.
  mutating func resumeIntake(_ actions: inout [WorkerAction]) {
    guard isIntakeAwaited, switches != nil, !isStoreDown, !isDraining else { return }
    isIntakeAwaited = false
    actions.append(.resumeIntake)
  }

  /// Whether batches wait for the outbox to shrink.
  var isOutboxTooFull: Bool {
    requestsHold == nil
      ? isOutboxFull
      : relay.undelivered >= 2 * outboxShare || relay.byteCount >= 2 * settings.outboxBytes
  }

  private var isOutboxFull: Bool {
    relay.backlog >= outboxShare || sharedBacklog >= settings.outboxLimit
      || relay.byteCount >= settings.outboxBytes
  }

  private var isOutboxFreeAgain: Bool {
    relay.backlog <= outboxShare / 2 && sharedBacklog <= settings.outboxLimit - outboxShare / 2
      && relay.byteCount <= settings.outboxBytes / 2
  }

  /// What all workers have not delivered, as far as is known: the others' part is of the last look.
  private var sharedBacklog: Int { othersBacklog + relay.backlog }

  /// What this worker may fill of the bound that holds for all. An equal share keeps them below the
  /// bound between two looks at what the others fill.
  private var outboxShare: Int {
    max(settings.outboxLimit / max(switches?.outbox.workers ?? 1, 1), 1)
  }

  /// Takes note of what the others fill: what is in the outbox and not this worker's.
  mutating func noteOthers(_ outbox: SharedOutbox) {
    othersBacklog =
      outbox.workers > 1 ? max(outbox.messages - relay.backlog - relay.confirmed.count, 0) : 0
  }

  private mutating func noteFullness(_ now: Moment) {
    if now >= lookAtOldestAt {
      // Looks at all messages, so only now and then.
      lookAtOldestAt = now.adding(milliseconds: 4 * settings.timerInterval)
      oldestUndelivered = relay.backlog == 0 ? nil : relay.oldest
    }
    if isOutboxFull {
      if outboxFullSince == nil { outboxFullSince = now }
    } else if requestsHold != .outboxFull || isOutboxFreeAgain {
      outboxFullSince = nil
    }
  }

  private func requestsHoldNow(_ switches: Switches, _ now: Moment) -> RequestsHold? {
    if switches.intake.isPaused {
      return .paused(by: switches.intake.changedBy, since: switches.intake.changedAt)
    }
    if let reason = relay.blockedReason { return .brokerBlocked(reason) }
    // A moment's fullness is ordinary back pressure: batches wait for confirms.
    guard let outboxFullSince,
      now >= outboxFullSince.adding(milliseconds: settings.retryInterval)
    else { return nil }
    return .outboxFull
  }

  /// For people: what holds requests up, and since when.
  func explanation(of hold: RequestsHold, at now: Moment) -> String {
    switch hold {
    case .paused(let operatorName, let since):
      let who = operatorName.map { " by \($0)" } ?? ""
      return "intake is paused\(who)\(since.map { " since \($0.instant.rfc3339)" } ?? ""); "
        + "`resize-worker intake resume` goes on"
    case .brokerBlocked(let reason):
      return "the broker takes no messages: \(reason)"
    case .outboxFull:
      let age = oldestUndelivered.map {
        max(now.millisecondsSinceEpoch - $0.millisecondsSinceEpoch, 0)
      }
      let workers = switches?.outbox.workers ?? 1
      return "the outbox holds \(sharedBacklog) undelivered messages"
        + (workers > 1 ? " of \(workers) workers" : "")
        + (relay.byteCount >= settings.outboxBytes / 2
          ? ", \(relay.byteCount >> 20) MiB of them this worker's" : "")
        + (age.map { ", the oldest for \($0 / 1_000) s" } ?? "") + (cause.map { ": \($0)" } ?? "")
    }
  }

  /// What keeps the outbox from shrinking, as far as it is known.
  private var cause: String? {
    if relay.backlog == 0 { return "none of them is this worker's, so look at the others" }
    if let unroutable = relay.unroutable { return explanation(of: unroutable) }
    if !relay.isConnected { return "the publishing connection is lost" }
    guard relay.heldPayments > 0 else { return nil }
    switch relay.payments {
    case .held(.paused): return "payments are paused"
    case .held(.breaker), .probing: return "the payments' breaker is open"
    case .held(.unknown), .flowing: return nil
    }
  }

  /// For people: which messages go nowhere.
  func explanation(of unroutable: Unroutable) -> String {
    let exchange = decider.translator.names.exchange(of: unroutable.destination)
    return unroutable.reason.hasPrefix("312")
      ? "exchange \(exchange) has no queue for \(unroutable.routingKey)"
      : "\(unroutable.routingKey) to exchange \(exchange) was refused (\(unroutable.reason))"
  }
}
