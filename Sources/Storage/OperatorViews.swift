import Resizing

/// A row of a timeline as it is stored: the entry, the worker that wrote it, and its number, which
/// counts up along the timeline.
public struct TimelineRow: Sendable, Equatable {
  public var number: Int64
  public var worker: String
  public var entry: TimelineEntry

  /// The worker without the run of it.
  public var workerName: Substring { worker.prefix { $0 != "#" } }

  public init(number: Int64, worker: String, entry: TimelineEntry) {
    self.number = number
    self.worker = worker
    self.entry = entry
  }
}

/// Which resizes to list, the latest first committed first.
public struct ResizeFilter: Sendable, Equatable {
  public var states: Set<ResizeState>?
  public var instanceId: String?
  public var tenantId: String?
  public var needsAttention: Bool
  public var limit: Int

  public init(
    states: Set<ResizeState>? = nil, instanceId: String? = nil, tenantId: String? = nil,
    needsAttention: Bool = false, limit: Int = 100
  ) {
    self.states = states
    self.instanceId = instanceId
    self.tenantId = tenantId
    self.needsAttention = needsAttention
    self.limit = limit
  }
}

/// That a worker lives.
public struct WorkerHeartbeat: Sendable, Equatable {
  public var worker: String
  public var startedAt: Moment
  public var beatAt: Moment
  /// Payments and refunds that it has lately seen answered, and failed or not answered in time.
  public var paymentsAnswered: Int
  public var paymentsFailed: Int

  public init(
    worker: String, startedAt: Moment, beatAt: Moment, paymentsAnswered: Int = 0,
    paymentsFailed: Int = 0
  ) {
    self.worker = worker
    self.startedAt = startedAt
    self.beatAt = beatAt
    self.paymentsAnswered = paymentsAnswered
    self.paymentsFailed = paymentsFailed
  }
}

/// How much of what the store holds.
public struct StoreStatistics: Sendable, Equatable {
  public var resizes: [ResizeState: Int]
  public var needingAttention: Int
  /// Timers that wait to be claimed.
  public var timersDue: Int
  public var outboxRows: Int
  /// Those of them that ask for payments and refunds, or void them.
  public var outboxPayments: Int
  /// When the oldest message in the outbox was put there.
  public var oldestOutbox: Moment?
  /// Pages of the outbox that could not be read, the latest set aside first; ten at most.
  public var setAsidePages: [SetAsidePage]
  /// Without removed ones.
  public var instances: Int
  public var workers: [WorkerHeartbeat]

  public init(
    resizes: [ResizeState: Int] = [:], needingAttention: Int = 0, timersDue: Int = 0,
    outboxRows: Int = 0, outboxPayments: Int = 0, oldestOutbox: Moment? = nil,
    setAsidePages: [SetAsidePage] = [], instances: Int = 0, workers: [WorkerHeartbeat] = []
  ) {
    self.resizes = resizes
    self.needingAttention = needingAttention
    self.timersDue = timersDue
    self.outboxRows = outboxRows
    self.outboxPayments = outboxPayments
    self.oldestOutbox = oldestOutbox
    self.setAsidePages = setAsidePages
    self.instances = instances
    self.workers = workers
  }
}
