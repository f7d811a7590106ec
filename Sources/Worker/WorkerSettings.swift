/// How a worker behaves; times in milliseconds.
public struct WorkerSettings: Sendable, Equatable {
  /// What operators know the worker by; told in statuses.
  public var name: String
  /// Tells the runs of workers of one name apart, so that a restarted one never takes its forerunner's outbox rows for its own.
  public var run: String
  /// How many messages are decided and committed together at most.
  public var batchLimit: Int
  /// How many messages of a queue the broker hands out ahead. So many are a full batch as well: more
  /// of that queue only come when these are acknowledged.
  public var prefetch: Int
  /// Bodies of this many bytes fill a batch, too.
  public var batchBytes: Int
  /// Milliseconds from the beginning of one batch to that of the next, unless the next is full: many small commits a second would cost
  /// more than they save. An idle worker begins at once.
  public var batchInterval: Int64
  /// Milliseconds after which a batch that is not full begins although the broker has not confirmed all messages of those before. Until
  /// then it waits for that: a broker that is busy gets few large batches instead of many small ones, which cost both sides more.
  public var longestBatchInterval: Int64
  /// A body longer than this is no request of anybody's: it is dead-lettered unread.
  public var messageBytes: Int
  /// No request is taken while so many messages of all workers wait for the broker's confirm, or this
  /// worker's equal share of them, and nothing at all while twice the share does that nothing but the
  /// broker holds up. A batch that is begun below it may lead above it.
  public var outboxLimit: Int
  /// So many bytes of this worker's undelivered messages, which it keeps in memory, are as many as its
  /// share of ``outboxLimit``: dead letters can be long.
  public var outboxBytes: Int
  /// A message at which more workers than this ended, alone with it, is taken for poison.
  public var crashLimit: Int
  /// A message that came back so often is taken from its queue alone and put on trial: often enough
  /// that lost connections seldom make one, early enough that its neighbours lose no time.
  public var suspectCount: Int
  /// How often timers, switches and orphaned outboxes are looked for.
  public var timerInterval: Int64
  public var heartbeatInterval: Int64
  /// A worker silent for so long is taken for dead: its outbox is adopted, its timers are free.
  public var lease: Int64
  /// How long to wait before the store is tried again, and before a message that the broker did
  /// not take is first sent again.
  public var retryInterval: Int64
  public var breaker: BreakerSettings
  /// Accounts whose settlements, apply reports and inventory changes are believed; empty believes all.
  public var trustedPublishers: [IntakeQueue: Set<String>]

  public init(
    name: String, run: String, batchLimit: Int = 256, prefetch: Int = 512,
    batchBytes: Int = 4 << 20, batchInterval: Int64 = 4, longestBatchInterval: Int64 = 25,
    messageBytes: Int = 1 << 20, outboxLimit: Int = 8_192,
    outboxBytes: Int = 64 << 20, crashLimit: Int = 5, suspectCount: Int = 5,
    timerInterval: Int64 = 250,
    heartbeatInterval: Int64 = 2_000, lease: Int64 = 15_000, retryInterval: Int64 = 1_000,
    breaker: BreakerSettings = BreakerSettings(),
    trustedPublishers: [IntakeQueue: Set<String>] = [:]
  ) {
    self.name = name
    self.run = run
    self.batchLimit = batchLimit
    self.prefetch = prefetch
    self.batchBytes = batchBytes
    self.batchInterval = batchInterval
    self.longestBatchInterval = longestBatchInterval
    self.messageBytes = messageBytes
    self.outboxLimit = outboxLimit
    self.outboxBytes = outboxBytes
    self.crashLimit = crashLimit
    self.suspectCount = suspectCount
    self.timerInterval = timerInterval
    self.heartbeatInterval = heartbeatInterval
    self.lease = lease
    self.retryInterval = retryInterval
    self.breaker = breaker
    self.trustedPublishers = trustedPublishers
  }
}
