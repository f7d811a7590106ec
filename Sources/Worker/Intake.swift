import DequeModule

/// The deliveries that wait for a batch, in the order of their tags.
///
/// Batches are cut from the front only, so that one acknowledgement up to the last tag covers a batch and nothing else.
struct Intake {
  private var waiting: Deque<IntakeDelivery> = []
  private let limit: Int
  private let prefetch: Int
  private let bytes: Int
  private let suspectCount: Int

  init(_ settings: WorkerSettings) {
    limit = settings.batchLimit
    prefetch = settings.prefetch
    bytes = settings.batchBytes
    suspectCount = settings.suspectCount
  }

  var isEmpty: Bool { waiting.isEmpty }
  var count: Int { waiting.count }
  /// How many more would be worth a batch; not above zero where there are enough for one.
  var missing: Int { min(limit, prefetch) - waiting.count }
  /// Whether the next batch would be larger if more came. Looks at all that may be in it.
  var canGrow: Bool { missing > 0 && !nextBatch().isComplete }

  mutating func append(_ deliveries: [IntakeDelivery]) {
    waiting.append(contentsOf: deliveries)
  }

  /// Forgets everything: the broker delivers it again, to us or to others.
  mutating func forget() {
    waiting.removeAll()
  }

  /// Takes the first delivery if it has to be put on trial: it may be what ended workers before.
  mutating func cutSuspect() -> IntakeDelivery? {
    guard let first = waiting.first, isSuspect(first) else { return nil }
    return waiting.removeFirst()
  }

  private func isSuspect(_ delivery: IntakeDelivery) -> Bool {
    guard delivery.body != nil else { return false }
    let isUncounted = delivery.deliveryCount == 0 && !delivery.isCounted
    return delivery.deliveryCount >= suspectCount || delivery.redelivered && isUncounted
  }

  /// Takes the next batch: up to the limits, and the smaller, the more often a delivery in it has come.
  mutating func cut() -> [IntakeDelivery] {
    let count = nextBatch().count
    defer { waiting.removeFirst(count) }
    return Array(waiting.prefix(count))
  }

  /// How many are in the next batch, and whether that is all there will be in it, whatever comes.
  private func nextBatch() -> (count: Int, isComplete: Bool) {
    guard let first = waiting.first else { return (0, false) }
    var count = 1
    var size = first.bodyLength
    var room = first.room(in: limit)
    for next in waiting.dropFirst() {
      size += next.bodyLength
      room = min(room, next.room(in: limit))
      guard count < room, size <= bytes, !isSuspect(next) else { return (count, true) }
      count += 1
    }
    return (count, count >= room || isSuspect(first))
  }
}

extension IntakeDelivery {
  /// A lost connection or a locked store brings back all that was handed out ahead; that often is usual.
  private static let usualDeliveryCount = 2

  /// How many deliveries may be in a batch with this one.
  ///
  /// A message that stops the process comes again with all its neighbours. Quarter by quarter it is
  /// soon alone, while what only lost its connection again and again is not done one by one at once.
  fileprivate func room(in limit: Int) -> Int {
    guard body != nil else { return 1 }
    return max(limit >> (2 * max(deliveryCount - Self.usualDeliveryCount, 0)), 1)
  }

  /// What tells the message from others, over all its deliveries.
  var trialName: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in body ?? [] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    // The id is the publisher's, of any bytes and any length: people get of it what can be shown.
    let shown = (messageId ?? "").unicodeScalars.lazy.filter { (" "..."~").contains($0) }.prefix(
      100)
    return "\(queue.rawValue) \(String.UnicodeScalarView(shown)) \(String(hash, radix: 16))"
  }
}
