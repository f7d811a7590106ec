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
      relay.hold(
        sequences, until: now.adding(milliseconds: settings.retryInterval), unroutable: nil)
    case .returned(let sequences, let reason):
      relay.hold(
        sequences, until: now.adding(milliseconds: 5 * settings.retryInterval), unroutable: reason)
      actions.append(.log(.unroutable(reason, count: sequences.count)))
    case .blocked(let reason):
      actions.append(.log(.relayBlocked(reason)))
    case .unblocked:
      actions.append(.log(.relayUnblocked))
    }
  }

  /// Follows the switches that an operator has set for all workers.
  mutating func follow(_ switches: Switches, _ now: Moment, _ actions: inout [WorkerAction]) {
    duties.done(.switches, at: now)
    publish(relay.setPaymentsPaused(switches.payments.isPaused), &actions)
    guard switches.intake.isPaused != isIntakePaused, !isDraining else { return }
    isIntakePaused = switches.intake.isPaused
    if isIntakePaused {
      intake.forget()
      actions.append(.pauseIntake)
    } else if !isStoreDown {
      actions.append(.resumeIntake)
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

  private var isStoreDown: Bool {
    if case .storeDown = phase { true } else { false }
  }
}

/// How a worker stands, for readiness and metrics.
public struct WorkerStatus: Sendable, Equatable {
  public var isIntakeConnected: Bool
  public var isRelayConnected: Bool
  public var isStoreReachable: Bool
  public var isDraining: Bool
  public var isIntakePaused: Bool
  public var waitingDeliveries: Int
  /// Messages that the broker has not confirmed.
  public var unconfirmedMessages: Int
  /// Why messages cannot be routed; nil if they can.
  public var unroutable: String?

  /// Before anything is connected.
  public static let starting = WorkerStatus(
    isIntakeConnected: false, isRelayConnected: false, isStoreReachable: true, isDraining: false,
    isIntakePaused: false, waitingDeliveries: 0, unconfirmedMessages: 0, unroutable: nil)
}

extension WorkerCore {
  public var status: WorkerStatus {
    WorkerStatus(
      isIntakeConnected: isIntakeConnected, isRelayConnected: relay.isConnected,
      isStoreReachable: !isStoreDown, isDraining: isDraining, isIntakePaused: isIntakePaused,
      waitingDeliveries: intake.count, unconfirmedMessages: relay.backlog,
      unroutable: relay.unroutable)
  }
}
