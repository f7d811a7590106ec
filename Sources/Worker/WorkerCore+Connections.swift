import Resizing
import Storage

extension WorkerCore {
  mutating func take(_ event: IntakeEvent, _ actions: inout [WorkerAction]) {
    switch event {
    case .connected:
      isIntakeConnected = true
      actions.append(.log(.intakeConnected))
    case .deliveries(let deliveries):
      if case .storeDown = phase { return }
      if !isDraining { intake.append(deliveries) }
    case .disconnected(let reason):
      isIntakeConnected = false
      intake.forget()
      actions.append(.log(.intakeLost(reason)))
    }
  }

  mutating func take(_ event: RelayEvent, _ now: Moment, _ actions: inout [WorkerAction]) {
    switch event {
    case .connected:
      actions.append(.log(.relayConnected))
      publish(relay.connected(), &actions)
    case .disconnected(let unconfirmed, let reason):
      relay.disconnected(unconfirmed: unconfirmed)
      actions.append(.log(.relayLost(reason)))
    case .confirmed(let sequences):
      relay.confirm(sequences)
    case .nacked(let sequences):
      relay.refuse(sequences, at: now, unroutable: nil)
    case .returned(let sequences, let reason):
      let wasRoutable = relay.unroutable == nil
      relay.refuse(sequences, at: now, unroutable: reason)
      if wasRoutable, let unroutable = relay.unroutable {
        actions.append(.log(.unroutable(explanation(of: unroutable), count: sequences.count)))
      }
    case .blocked(let reason):
      publish(relay.blocked(reason), &actions)
      actions.append(.log(.relayBlocked(reason)))
    case .unblocked:
      actions.append(.log(.relayUnblocked))
      publish(relay.blocked(nil), &actions)
    }
  }

  /// Stops taking messages; what is decided is still committed, published and confirmed.
  mutating func drain(_ actions: inout [WorkerAction]) {
    guard !isDraining else { return }
    isDraining = true
    intake.forget()
    actions.append(.drainIntake)
    actions.append(.log(.draining))
  }

  var isStoreDown: Bool {
    if case .storeDown = phase { true } else { false }
  }
}
