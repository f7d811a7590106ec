import Resizing
import Storage

/// How a worker stands, for readiness and metrics.
public struct WorkerStatus: Sendable, Equatable {
  public var isIntakeConnected = false
  public var isRelayConnected = false
  public var isStoreReachable = true
  /// What the store did not do when it was last asked to.
  public var failingDuties: Set<WorkerDuty> = []
  public var isDraining = false
  public var waitingDeliveries = 0
  /// Messages that the broker has not confirmed.
  public var unconfirmedMessages = 0
  /// Messages in the outbox of all workers, as of the last look.
  public var sharedOutboxMessages = 0
  /// When the oldest of them was put into the outbox.
  public var oldestUndelivered: Moment?
  /// Those of them that no queue takes.
  public var unroutableMessages = 0
  /// Why messages cannot be routed, for people; nil if they can.
  public var unroutable: String?
  /// Why no new request is taken; nil while requests are.
  public var requestsHold: RequestsHold?
  /// The same for people.
  public var requestsHoldReason: String?
  /// Why no payment or refund is asked for; nil while they are, be it as probes.
  public var paymentsHold: PaymentsHold?
  public var heldPayments = 0
  public var breaker = BreakerState()

  init() {}

  /// Before anything is connected.
  public static let starting = WorkerStatus()
}

extension WorkerCore {
  public var status: WorkerStatus {
    var status = WorkerStatus()
    status.isIntakeConnected = isIntakeConnected
    status.isRelayConnected = relay.isConnected
    status.isStoreReachable = !isStoreDown && !failingDuties.contains(.heartbeat)
    status.failingDuties = failingDuties
    status.isDraining = isDraining
    status.waitingDeliveries = intake.count
    status.unconfirmedMessages = relay.backlog
    status.sharedOutboxMessages = switches?.outbox.messages ?? 0
    status.oldestUndelivered = oldestUndelivered
    status.unroutableMessages = relay.unroutableMessages
    status.unroutable = relay.unroutable.map(explanation)
    status.requestsHold = requestsHold
    status.requestsHoldReason = requestsHold.map { explanation(of: $0, at: now) }
    if case .held(let hold) = relay.payments { status.paymentsHold = hold }
    status.heldPayments = relay.heldPayments
    status.breaker = breaker.state
    return status
  }
}
