import Resizing

/// What holds for all workers at once: what operators have switched, the payments' breaker, and how
/// full their outbox is.
public struct Switches: Sendable, Equatable {
  /// While paused no payment or refund request leaves the outbox; nothing is dropped.
  public var payments: SwitchPosition
  /// While paused no new request is taken from the queue; what was taken goes on.
  public var intake: SwitchPosition
  public var breaker: BreakerState
  public var outbox: SharedOutbox

  public init(
    payments: SwitchPosition = SwitchPosition(), intake: SwitchPosition = SwitchPosition(),
    breaker: BreakerState = BreakerState(), outbox: SharedOutbox = SharedOutbox()
  ) {
    self.payments = payments
    self.intake = intake
    self.breaker = breaker
    self.outbox = outbox
  }
}

/// The outbox that all workers share, whoever owns what is in it.
public struct SharedOutbox: Sendable, Equatable {
  /// Messages that are not struck as confirmed.
  public var messages: Int
  /// Workers that are registered, dead ones included until they are struck.
  public var workers: Int

  public init(messages: Int = 0, workers: Int = 0) {
    self.messages = messages
    self.workers = workers
  }
}

/// The switches that operators set.
public enum OperatorSwitch: String, Sendable, CaseIterable {
  case payments
  case intake
}

/// How a switch stands, and who has put it there.
public struct SwitchPosition: Sendable, Equatable {
  public var isPaused: Bool
  /// Nil where it has never been set.
  public var changedBy: String?
  public var changedAt: Moment?

  public init(isPaused: Bool = false, changedBy: String? = nil, changedAt: Moment? = nil) {
    self.isPaused = isPaused
    self.changedBy = changedBy
    self.changedAt = changedAt
  }
}

/// Where the circuit breaker over all payments and refunds stands, as all workers share it.
public struct BreakerState: Sendable, Equatable {
  public enum Phase: String, Sendable, CaseIterable {
    /// Payments flow.
    case closed
    /// Payments are held until the payment service had time to recover.
    case open
    /// One worker lets a few through; their answer decides.
    case halfOpen
  }

  public var phase: Phase
  /// When it came into its phase; nil where it has never opened.
  public var since: Moment?
  /// When an open one may be probed, and when a half-open one without an answer opens again.
  public var until: Moment?
  /// How often it has opened since it was last closed; the back-off grows with it.
  public var openings: Int
  /// Who has put it into its phase; of a half-open one, who lets the probes through.
  public var worker: String?
  /// What it was last opened for: so many of so many payments failed or were not answered.
  public var failed: Int
  public var outcomes: Int
  /// Counts the changes, for compare-and-set; 0 before the first.
  public var revision: Int64

  public init(
    phase: Phase = .closed, since: Moment? = nil, until: Moment? = nil, openings: Int = 0,
    worker: String? = nil, failed: Int = 0, outcomes: Int = 0, revision: Int64 = 0
  ) {
    self.phase = phase
    self.since = since
    self.until = until
    self.openings = openings
    self.worker = worker
    self.failed = failed
    self.outcomes = outcomes
    self.revision = revision
  }
}
